import type { FunctionBinding, TypedData } from "./extension";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Converts a message body to trigger data: text, which the library tries to parse as JSON, or bytes for
 * `dataType: "binary"`. Bytes that are not UTF-8 lose information when they become text, as on Azure; `isDamaged`
 * reports this.
 */
export function decodeMessageBody(
  bytes: Uint8Array,
  trigger: FunctionBinding,
): { readonly data: TypedData; readonly isDamaged: boolean } {
  if (String(trigger["dataType"]).toLowerCase() === "binary")
    return { data: { bytes: Buffer.from(bytes) }, isDamaged: false };
  try {
    return { data: { string: strictUtf8.decode(bytes) }, isDamaged: false };
  } catch {
    const string = Buffer.from(bytes).toString("utf8");
    return { data: { string }, isDamaged: true };
  }
}

export const damagedTextWarning = (
  messageId: string,
  source: string,
  functionName: string,
): string =>
  `Message ${messageId} of ${source} is not text. Function ${functionName} receives it with replacement characters, as on Azure; set dataType to "binary" to receive its bytes.`;
