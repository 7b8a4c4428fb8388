/** Reads encoded AMQP values in place, without decoding entire messages. https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-types-v1.0-os.html */
import { ServiceBusError } from "../service-bus-error";

export const malformedMessage = (problem: string): ServiceBusError =>
  new ServiceBusError(
    "amqp:decode-error",
    `The message is malformed: ${problem}.`,
  );

/** Widths of the fixed-width types by the upper four bits of their code. */
const fixedWidths: Readonly<Record<number, number>> = {
  0x4: 0,
  0x5: 1,
  0x6: 2,
  0x7: 4,
  0x8: 8,
  0x9: 16,
};

/** Returns the offset after the value, including a descriptor, that starts at `at`. Throws `decode-error`. */
export function findValueEnd(bytes: Buffer, at: number): number {
  const code = bytes[at];
  if (code === undefined) throw malformedMessage("it ends within a value");
  if (code === 0) return findValueEnd(bytes, findValueEnd(bytes, at + 1));
  const end = at + 1 + readWidth(bytes, at, code);
  if (end > bytes.length) throw malformedMessage("it ends within a value");
  return end;
}

function readWidth(bytes: Buffer, at: number, code: number): number {
  const fixed = fixedWidths[code >>> 4];
  if (fixed !== undefined) return fixed;
  if (code < 0xa0)
    throw malformedMessage(`the type code 0x${code.toString(16)} is unknown`);
  // Variable-width, compound and array types have a size of one byte (0xA, 0xC, 0xE) or of four bytes.
  if ((code >>> 4) % 2 === 0) return 1 + (bytes[at + 1] ?? bytes.length);
  return at + 5 > bytes.length ? bytes.length : 4 + bytes.readUInt32BE(at + 1);
}

/** Returns the items of a list, or the alternating keys and values of a map. */
export function readItemSpans(bytes: Buffer, at: number): readonly ByteSpan[] {
  const code = bytes[at];
  if (code === 0x45) return [];
  const isShort = code === 0xc0 || code === 0xc1;
  if (!isShort && code !== 0xd0 && code !== 0xd1)
    throw malformedMessage("a list or a map was expected");
  const end = findValueEnd(bytes, at);
  let next = at + (isShort ? 3 : 9);
  const items: ByteSpan[] = [];
  while (next < end) {
    const span = { start: next, end: findValueEnd(bytes, next) };
    items.push(span);
    next = span.end;
  }
  return items;
}

export interface ByteSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

type Scalar = string | number | boolean | Buffer | undefined;

/**
 * Reads a value of a primitive type; undefined for null and for other types. Integers beyond 2^53 lose precision; UUIDs
 * and binaries are returned as bytes.
 */
export function readScalar(bytes: Buffer, at: number): Scalar {
  const code = bytes[at] ?? 0;
  if (code >= 0xa0) return readText(bytes, at, code);
  if (code === 0x98) return bytes.subarray(at + 1, at + 17);
  return readers[code]?.(bytes, at + 1);
}

function readText(bytes: Buffer, at: number, code: number): Scalar {
  if (code > 0xbf) return undefined;
  const start = at + (code < 0xb0 ? 2 : 5);
  const content = bytes.subarray(start, findValueEnd(bytes, at));
  return code % 16 === 0 ? content : content.toString("utf8");
}

const readers: Readonly<
  Record<number, (bytes: Buffer, at: number) => number | boolean>
> = {
  0x41: () => true,
  0x42: () => false,
  0x56: (bytes, at) => bytes[at] === 1,
  0x43: () => 0,
  0x44: () => 0,
  0x50: (bytes, at) => bytes.readUInt8(at),
  0x51: (bytes, at) => bytes.readInt8(at),
  0x52: (bytes, at) => bytes.readUInt8(at),
  0x53: (bytes, at) => bytes.readUInt8(at),
  0x54: (bytes, at) => bytes.readInt8(at),
  0x55: (bytes, at) => bytes.readInt8(at),
  0x60: (bytes, at) => bytes.readUInt16BE(at),
  0x61: (bytes, at) => bytes.readInt16BE(at),
  0x70: (bytes, at) => bytes.readUInt32BE(at),
  0x71: (bytes, at) => bytes.readInt32BE(at),
  0x80: (bytes, at) => Number(bytes.readBigUInt64BE(at)),
  0x81: (bytes, at) => Number(bytes.readBigInt64BE(at)),
  0x83: (bytes, at) => Number(bytes.readBigInt64BE(at)),
  0x72: (bytes, at) => bytes.readFloatBE(at),
  0x82: (bytes, at) => bytes.readDoubleBE(at),
};
