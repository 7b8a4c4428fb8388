/** Matches, from where it stands, one CEL string literal whole; braces and quotes inside it mean nothing. */
const stringLiteral =
  /(?<raw>[rR][bB]?|[bB][rR])?(?:"""[^]*?(?<!\\)"""|'''[^]*?(?<!\\)'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/y;
const rawLiteral =
  /(?:[rR][bB]?|[bB][rR])(?:"""[^]*?"""|'''[^]*?'''|"[^"]*"|'[^']*')/y;

/** Where the brace is that closes the expression beginning at `from`; `undefined` when there is none. */
export function findExpressionEnd(
  text: string,
  from: number,
): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const literal = literalLength(text, at);
    if (literal > 0) {
      at += literal;
      continue;
    }
    if (text[at] === "{") depth++;
    if (text[at] === "}" && depth-- === 0) return at;
    at++;
  }
  return undefined;
}

function literalLength(text: string, at: number): number {
  // In `for"x"` the r belongs to the word before the quote, which CEL would not parse either way.
  for (const pattern of [rawLiteral, stringLiteral]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return match[0].length;
  }
  return 0;
}
