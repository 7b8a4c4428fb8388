/** Matches one CEL string literal, whose braces and quotes are not syntax. Sticky: matches at `lastIndex`. */
const stringLiteral =
  /(?<raw>[rR][bB]?|[bB][rR])?(?:"""[^]*?(?<!\\)"""|'''[^]*?(?<!\\)'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/y;
const rawLiteral =
  /(?:[rR][bB]?|[bB][rR])(?:"""[^]*?"""|'''[^]*?'''|"[^"]*"|'[^']*')/y;

/** Index of the brace that closes the expression starting at `from`, or `undefined`. */
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
  // In `for"x"` this takes the r for a prefix; CEL rejects that text anyway.
  for (const pattern of [rawLiteral, stringLiteral]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return match[0].length;
  }
  return 0;
}
