import type { Json } from "../../domain/payload";
import {
  decodeRequestText,
  parseRequestJson,
} from "../../orchestrations/request/parse-json";

/** Parses the JSON body of a message, whatever its content type. */
export function parseMessageBody(bytes: Uint8Array): Json {
  const value = parseRequestJson(decodeRequestText(bytes));
  // Some clients serialize JSON text again as a JSON string.
  return typeof value === "string" ? parseRequestJson(value) : value;
}
