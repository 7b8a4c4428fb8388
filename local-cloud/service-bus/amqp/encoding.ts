/** Encoders for AMQP values whose type must be exact or that are on the hot path; rhea encodes all others. */

export const encodeSymbol = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text, "ascii")]);

export function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length < 256)
    return Buffer.concat([Buffer.from([0xa1, bytes.length]), bytes]);
  const head = Buffer.alloc(5);
  head[0] = 0xb1;
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

export function encodeLong(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x81;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

export function encodeTimestamp(milliseconds: number): Buffer {
  const bytes = encodeLong(milliseconds);
  bytes[0] = 0x83;
  return bytes;
}

export function encodeInt(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = 0x71;
  bytes.writeInt32BE(value, 1);
  return bytes;
}

/** Code 0xd0 is a list, 0xd1 a map, whose items are alternating keys and values. */
export function encodeCompound(
  code: 0xd0 | 0xd1,
  count: number,
  items: readonly Buffer[],
): Buffer {
  const content = Buffer.concat(items);
  const head = Buffer.alloc(9);
  head[0] = code;
  head.writeUInt32BE(content.length + 4, 1);
  head.writeUInt32BE(count, 5);
  return Buffer.concat([head, content]);
}

export const encodeDescribed = (section: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x00, 0x53, section]), value]);
