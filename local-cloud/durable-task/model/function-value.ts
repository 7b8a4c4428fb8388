/** How values cross between history (JSON text) and functions (typed data), as the extension converts them. */
import type { TypedData } from "../../functions-host/core/extension";

/**
 * The trigger value of an activity. Scalars arrive as text, which the client library reads back; a boolean therefore
 * arrives as the text `True` or `False`, as on the real host.
 */
export function toActivityTrigger(inputText: string | null): TypedData {
  const input: unknown = inputText === null ? null : JSON.parse(inputText);
  switch (typeof input) {
    case "string":
      return toTextData(input);
    case "number":
      return { string: String(input) };
    case "boolean":
      return toTextData(input ? "True" : "False");
    default:
      return input === null ? {} : { string: JSON.stringify(input) };
  }
}

/**
 * A text that the client library reads as JSON, if it is that, and takes as it is otherwise. It finds out by trying, and a
 * failure costs it an error with a stack trace; so what cannot be JSON is put in quotes here.
 */
export const toTextData = (text: string): TypedData =>
  mayBeJson.test(text) ? { string: text } : { json: JSON.stringify(text) };

const mayBeJson =
  /^\s*(?:["[{]|(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*$)/;

/** JSON text of what a function returned. */
export function toResultJson(value: TypedData | undefined): string | null {
  if (value === undefined) return null;
  if (value.string !== undefined) return JSON.stringify(value.string);
  if (value.json !== undefined) return value.json;
  if (value.bytes !== undefined)
    return JSON.stringify(Buffer.from(value.bytes).toString("base64"));
  const number = value.int ?? value.double;
  return number === undefined ? null : String(number);
}

/** JSON text of a value of the client library; nothing is null. */
export const toJsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);
