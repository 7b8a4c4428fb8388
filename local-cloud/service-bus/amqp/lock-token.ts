/**
 * Lock tokens are UUIDs. As a delivery tag a token has the byte order of .NET's `Guid`: its first three groups are
 * reversed. In management requests it has the order of the RFC.
 */

export const uuidToBytes = (token: string): Buffer =>
  Buffer.from(token.replaceAll("-", ""), "hex");

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
  swapped(uuidToBytes(token));

/** Undefined when the tag is not one of the broker's. */
export const lockTokenFromTag = (tag: Buffer): string | undefined =>
  tag.length === 16 ? formatUuid(swapped(Buffer.from(tag))) : undefined;

function swapped(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
