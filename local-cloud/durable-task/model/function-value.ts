/** Conversions between JSON text (history) and typed data (functions), as in the Durable Task extension. */
import type { TypedData } from "../../functions-host/core/extension";

/**
 * The trigger value of an activity. Scalars are passed as text, which the client library parses; a boolean therefore
 * arrives as the text `True` or `False`, as on Azure.
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
 * The client library parses a string as JSON and falls back to the text, at the cost of an error with a stack trace. A text
 * that cannot be JSON is therefore passed as a JSON string.
 */
export const toTextData = (text: string): TypedData =>
  mayBeJson.test(text) ? { string: text } : { json: JSON.stringify(text) };

const mayBeJson =
  /^\s*(?:["[{]|(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*$)/;

/** JSON text of the return value of a function. */
export function toResultJson(value: TypedData | undefined): string | null {
  if (value === undefined) return null;
  if (value.string !== undefined) return JSON.stringify(value.string);
  if (value.json !== undefined) return value.json;
  if (value.bytes !== undefined)
    return JSON.stringify(Buffer.from(value.bytes).toString("base64"));
  const number = value.int ?? value.double;
  return number === undefined ? null : String(number);
}

/** JSON text of a value; null for undefined and null. */
export const toJsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);
