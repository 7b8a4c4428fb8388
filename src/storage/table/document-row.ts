/** Table rows that contain a JSON document, divided into as many columns as necessary. */

/** A column holds 64 KiB of UTF-16. */
const maxColumnLength = 32 * 1024;

export interface RowKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}
export type RowColumns = Readonly<Record<string, unknown>>;

const columnName = (index: number): string =>
  index === 0 ? "document" : `document${index}`;

/** `columns` are ASCII and serve queries and diagnosis only: `fromDocumentRow` does not read them. */
export function toDocumentRow(
  keys: RowKeys,
  document: unknown,
  columns: RowColumns = {},
): RowKeys & RowColumns {
  const parts = splitText(toAsciiJson(document));
  return {
    ...columns,
    ...Object.fromEntries(
      parts.map((part, index) => [columnName(index), part]),
    ),
    ...keys,
  };
}

export function fromDocumentRow(row: RowColumns): unknown {
  let text = "";
  for (let index = 0; ; index++) {
    const part = row[columnName(index)];
    if (typeof part !== "string") break;
    text += part;
  }
  return JSON.parse(text);
}

const splitText = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / maxColumnLength) }, (_, index) =>
    text.slice(index * maxColumnLength, (index + 1) * maxColumnLength),
  );

/**
 * ASCII, so that the text can be split anywhere, and because Azurite corrupts a character whose bytes arrive in two
 * chunks of a request.
 */
const toAsciiJson = (document: unknown): string =>
  JSON.stringify(document).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
