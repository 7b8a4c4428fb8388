/** Rows that hold a JSON document, in as many columns as it takes. */

/** A column holds 64 KiB of UTF-16. */
const maxColumnLength = 32 * 1024;

export interface RowKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}
export type Columns = Readonly<Record<string, unknown>>;

const columnName = (index: number): string =>
  index === 0 ? "document" : `document${index}`;

/** `columns` are for queries, and for people who look at the table; what is read back is the document alone. */
export function toDocumentRow(
  keys: RowKeys,
  document: unknown,
  columns: Columns = {},
): RowKeys & Columns {
  const parts = split(JSON.stringify(document));
  return {
    ...columns,
    ...Object.fromEntries(
      parts.map((part, index) => [columnName(index), part]),
    ),
    ...keys,
  };
}

/** The document as it was written; the tables are ours, so its type is what was put there. */
export function fromDocumentRow(row: Columns): unknown {
  let text = "";
  for (let index = 0; ; index++) {
    const part = row[columnName(index)];
    if (typeof part !== "string") break;
    text += part;
  }
  return JSON.parse(text);
}

function split(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + maxColumnLength, text.length);
    // Half of a surrogate pair is not text, and would not come back.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

const isHighSurrogate = (unit: number): boolean =>
  unit >= 0xd800 && unit <= 0xdbff;
