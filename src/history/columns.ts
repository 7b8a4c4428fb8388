import type { Json } from "../model/payload";

/** UTF-16 units that one string column may hold, with room to spare: the service's limit is 64 KiB. */
const columnLimit = 30_000;

/** JSON text spread over as many columns as it needs: `name`, `name1`, `name2` … */
export function toColumns(
  name: string,
  value: unknown,
): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const text = JSON.stringify(value);
  const count = Math.max(1, Math.ceil(text.length / columnLimit));
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      columnName(name, index),
      text.slice(index * columnLimit, (index + 1) * columnLimit),
    ]),
  );
}

/** What `toColumns` wrote; undefined when it wrote nothing. */
export function fromColumns(
  name: string,
  row: Readonly<Record<string, unknown>>,
): Json | undefined {
  let text = "";
  for (let index = 0; ; index += 1) {
    const part = row[columnName(name, index)];
    if (typeof part !== "string") break;
    text += part;
  }
  return text === "" ? undefined : (JSON.parse(text) as Json);
}

const columnName = (name: string, index: number): string =>
  index === 0 ? name : `${name}${index}`;
