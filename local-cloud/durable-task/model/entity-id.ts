/** The name is in lower case; the key keeps its case and may be empty. */
export interface EntityId {
  readonly name: string;
  readonly key: string;
}

export const formatEntityId = ({ name, key }: EntityId): string =>
  `@${name.toLowerCase()}@${key}`;

export function parseEntityId(text: string): EntityId {
  const at = text.indexOf("@", 1);
  return { name: text.slice(1, at), key: text.slice(at + 1) };
}
