import type { OutputMessage } from "../../core/output-messages";

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes that the text of a queue message stands for; undefined when it is not in the encoding. */
export function decodeQueueMessage(
  text: string,
  encoding: string,
): Buffer | undefined {
  if (encoding === "none") return Buffer.from(text, "utf8");
  const isBase64 = text.length % 4 === 0 && base64.test(text);
  return isBase64 ? Buffer.from(text, "base64") : undefined;
}

/** The text of the queue message that carries what a function has put out. */
export function encodeQueueMessage(
  value: OutputMessage,
  encoding: string,
): string {
  const bytes =
    value.kind === "bytes"
      ? Buffer.from(value.bytes)
      : Buffer.from(value.text, "utf8");
  return bytes.toString(encoding === "none" ? "utf8" : "base64");
}
