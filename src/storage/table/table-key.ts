import { sha256Hex } from "../../domain/sha256";

/** Table keys have at most 512 UTF-16 units. The rest is reserved for prefixes and suffixes. */
const maxKeyLength = 400;

/** Encodes text as a table key or a segment of a blob name. Long text is replaced by its digest. */
export function toTableKey(text: string): string {
  // A trailing dot is encoded, too: file systems and URL parsers remove it.
  const key = encodeURIComponent(text)
    .replaceAll("%", "=")
    .replace(/\.$/, "=2E");
  return key.length <= maxKeyLength ? key : `=sha256=${sha256Hex(text)}`;
}

const maxTimeMs = 9_999_999_999_999;

/** Sorts later times first, because table rows can only be read in ascending order. */
export const toReverseTimestamp = (time: Date): string =>
  String(maxTimeMs - time.getTime()).padStart(13, "0");
