/** Rows that hold a JSON document, in as many columns as it takes. */

/** A column holds 64 KiB of UTF-16. */
const maxColumnLength = 32 * 1024;

export interface RowKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}
export type RowColumns = Readonly<Record<string, unknown>>;

const columnName = (index: number): string =>
  index === 0 ? "document" : `document${index}`;

/** `columns` are for queries, and for people who look at the table, and ASCII like the document; what is read back is the document alone. */
export function toDocumentRow(
  keys: RowKeys,
  document: unknown,
  columns: RowColumns = {},
): RowKeys & RowColumns {
  const parts = split(toAsciiJson(document));
  return {
    ...columns,
    ...Object.fromEntries(
      parts.map((part, index) => [columnName(index), part]),
    ),
    ...keys,
  };
}

/** The document as it was written; the tables are ours, so its type is what was put there. */
export function fromDocumentRow(row: RowColumns): unknown {
  let text = "";
  for (let index = 0; ; index++) {
    const part = row[columnName(index)];
    if (typeof part !== "string") break;
    text += part;
  }
  return JSON.parse(text);
}

const split = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / maxColumnLength) }, (_, index) =>
    text.slice(index * maxColumnLength, (index + 1) * maxColumnLength),
  );

/**
 * JSON text in ASCII: Azurite reads a request in pieces and garbles a character that lies across two of them. It also
 * makes every place a safe one to split at.
 */
const toAsciiJson = (document: unknown): string =>
  JSON.stringify(document).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
