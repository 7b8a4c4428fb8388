import type { TypedData } from "./extension";

/** One message that a function puts out: text, JSON text of what was neither text nor bytes, or bytes. */
export type OutputMessage =
  | { readonly kind: "text" | "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** The messages in the value of an output binding: each element of an array is one. */
export function parseOutputMessages(
  value: TypedData,
): readonly OutputMessage[] {
  if (value.json !== undefined) return parsed(value.json);
  if (value.bytes !== undefined) return [{ kind: "bytes", bytes: value.bytes }];
  const text = value.string ?? value.int ?? value.double;
  return text === undefined ? [] : [{ kind: "text", text: String(text) }];
}

function parsed(json: string): readonly OutputMessage[] {
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
