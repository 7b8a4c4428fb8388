import type { FunctionBinding, TypedData } from "./extension";

const strict = new TextDecoder("utf-8", { fatal: true });

/**
 * The body of a message as a function is given it: as text, which the library tries to read as JSON, or as bytes for
 * `dataType: "binary"`. Bytes that are no text are damaged, as on Azure; `isDamaged` says so.
 */
export function decodeMessageBody(
  bytes: Uint8Array,
  trigger: FunctionBinding,
): { readonly data: TypedData; readonly isDamaged: boolean } {
  if (String(trigger["dataType"]).toLowerCase() === "binary")
    return { data: { bytes: Buffer.from(bytes) }, isDamaged: false };
  try {
    return { data: { string: strict.decode(bytes) }, isDamaged: false };
  } catch {
    const string = Buffer.from(bytes).toString("utf8");
    return { data: { string }, isDamaged: true };
  }
}
