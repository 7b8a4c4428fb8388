import { createHash } from "node:crypto";

/** Keys may have 512 UTF-16 units; the rest is left for what is put around them. */
const maxKeyLength = 400;

/** Text as a table key or a part of a blob name: escaped where they refuse a character, its digest when too long. */
export function toTableKey(text: string): string {
  // Dots stay, except where a file system or URL parser would make something of them.
  const key = encodeURIComponent(text)
    .replaceAll("%", "=")
    .replace(/\.$/, "=2E");
  return key.length <= maxKeyLength ? key : `=sha256=${sha256Hex(text)}`;
}

export const sha256Hex = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

const lastMs = 9_999_999_999_999;

/** Sorts later times first, as table rows can only be read in ascending order. */
export const toReverseTimestamp = (time: Date): string =>
  String(lastMs - time.getTime()).padStart(13, "0");
