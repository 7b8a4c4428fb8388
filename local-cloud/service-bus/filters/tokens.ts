/** `at` is the offset in the filter. */
export type SqlToken =
  | { readonly kind: "number"; readonly value: number; readonly at: number }
  | { readonly kind: "string"; readonly value: string; readonly at: number }
  /** A name in brackets or double quotes; never a keyword. */
  | { readonly kind: "name"; readonly value: string; readonly at: number }
  | { readonly kind: "word"; readonly value: string; readonly at: number }
  | { readonly kind: "symbol"; readonly value: string; readonly at: number }
  | { readonly kind: "end"; readonly value: ""; readonly at: number };

/** A syntax error. The message contains the position. */
export class SqlFilterError extends Error {
  override readonly name = "SqlFilterError";
  readonly code = "sql_filter_invalid";

  constructor(problem: string, at: number) {
    super(`${problem} at character ${at + 1}`);
  }
}

const pattern =
  /\s+|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|'(?<string>(?:[^']|'')*)'|\[(?<bracketed>(?:[^\]]|\]\])*)\]|"(?<quoted>(?:[^"]|"")*)"|(?<word>[A-Za-z_][\w-]*)|(?<symbol><>|!=|<=|>=|[=<>(),.+\-*/%])/y;

/** Splits a SQL filter into tokens; the last one has the kind `end`. Throws `SqlFilterError`. */
export function tokenizeSql(text: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null)
      throw new SqlFilterError(`unexpected '${text[at] ?? ""}'`, at);
    const token = toToken(match.groups ?? {}, at);
    if (token) tokens.push(token);
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: "end", value: "", at: text.length }];
}

/** Undefined for white space. */
function toToken(
  found: Readonly<Record<string, string | undefined>>,
  at: number,
): SqlToken | undefined {
  const { number, string, bracketed, quoted, word, symbol } = found;
  if (number !== undefined)
    return { kind: "number", value: Number(number), at };
  if (string !== undefined)
    return { kind: "string", value: string.replaceAll("''", "'"), at };
  if (bracketed !== undefined)
    return { kind: "name", value: bracketed.replaceAll("]]", "]"), at };
  if (quoted !== undefined)
    return { kind: "name", value: quoted.replaceAll('""', '"'), at };
  if (word !== undefined) return { kind: "word", value: word, at };
  if (symbol !== undefined)
    return { kind: "symbol", value: symbol === "!=" ? "<>" : symbol, at };
  return undefined;
}
