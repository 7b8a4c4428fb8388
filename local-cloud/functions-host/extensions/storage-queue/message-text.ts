import type { OutputMessage } from "../../core/output-messages";

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes of a queue message; undefined when its text is not in the configured encoding. */
export function decodeQueueMessage(
  text: string,
  encoding: string,
): Buffer | undefined {
  if (encoding === "none") return Buffer.from(text, "utf8");
  const isBase64 = text.length % 4 === 0 && base64.test(text);
  return isBase64 ? Buffer.from(text, "base64") : undefined;
}

/** The text of the queue message for an output of a function. */
export function encodeQueueMessage(
  message: OutputMessage,
  encoding: string,
): string {
  const bytes =
    message.kind === "bytes"
      ? Buffer.from(message.bytes)
      : Buffer.from(message.text, "utf8");
  return bytes.toString(encoding === "none" ? "utf8" : "base64");
}
