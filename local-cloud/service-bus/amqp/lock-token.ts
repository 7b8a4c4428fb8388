/**
 * Conversions of lock tokens, which are UUIDs. A delivery tag has the byte order of .NET's `Guid`, whose first three
 * groups are reversed; management requests have the byte order of RFC 9562.
 */

export const uuidToBytes = (uuid: string): Buffer =>
  Buffer.from(uuid.replaceAll("-", ""), "hex");

export function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

export const toDeliveryTag = (token: string): Buffer =>
  reverseGroups(uuidToBytes(token));

/** Undefined when the tag is not a UUID. */
export const lockTokenFromTag = (tag: Buffer): string | undefined =>
  tag.length === 16 ? formatUuid(reverseGroups(Buffer.from(tag))) : undefined;

function reverseGroups(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
