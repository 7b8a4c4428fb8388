import type { TypedData } from "./extension";

/** One message of an output binding: text, bytes, or the JSON of any other value. */
export type OutputMessage =
  | { readonly kind: "text" | "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** Splits the value of an output binding into messages. An array results in one message for each element that is not null. */
export function parseOutputMessages(
  value: TypedData,
): readonly OutputMessage[] {
  if (value.json !== undefined) return parseJsonMessages(value.json);
  if (value.bytes !== undefined) return [{ kind: "bytes", bytes: value.bytes }];
  const text = value.string ?? value.int ?? value.double;
  return text === undefined ? [] : [{ kind: "text", text: String(text) }];
}

function parseJsonMessages(json: string): readonly OutputMessage[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) return [{ kind: "json", text: json }];
  return value
    .filter((element: unknown) => element !== null)
    .map((element: unknown) =>
      typeof element === "string"
        ? { kind: "text", text: element }
        : { kind: "json", text: JSON.stringify(element) },
    );
}
