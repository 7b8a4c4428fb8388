/** Values of expressions. A value that is known only at deployment is text in «» that names its source. */
export type Value =
  string | number | boolean | null | readonly Value[] | Properties | Handle;
export interface Properties {
  readonly [name: string]: Value;
}

/** A resource or module in an expression. Its members are evaluated when they are used. */
export class Handle {
  readonly #member: (name: string) => Value;
  constructor(member: (name: string) => Value) {
    this.#member = member;
  }
  member(name: string): Value {
    return this.#member(name);
  }
}

export const unknown = (source: string): string => `«${source}»`;

export const isList = (value: Value | undefined): value is readonly Value[] =>
  Array.isArray(value);

export const isProperties = (value: Value | undefined): value is Properties =>
  typeof value === "object" &&
  value !== null &&
  !isList(value) &&
  !(value instanceof Handle);

/** The value at a path such as `properties.sku.name` or `rules.0.name`; undefined if it does not exist. */
export function at(value: Value | undefined, path: string): Value | undefined {
  let found = value;
  for (const name of path.split(".")) {
    if (isList(found)) found = found[Number(name)];
    else if (isProperties(found)) found = found[name];
    else return undefined;
  }
  return found;
}

export const propertiesOf = (value: Value | undefined): Properties =>
  isProperties(value) ? value : {};
export const listOf = (value: Value | undefined): readonly Value[] =>
  isList(value) ? value : [];

/** Throws for a list or an object. */
export function asText(value: Value | undefined): string {
  if (typeof value === "object" && value !== null)
    throw new Error(`${JSON.stringify(value)} is not text`);
  return String(value);
}
