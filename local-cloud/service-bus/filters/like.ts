type PatternElement =
  "any text" | "any character" | { readonly character: string };

/**
 * Evaluates LIKE: `%` matches any text, `_` any one character, and the character after `escape` matches itself. The time
 * is bounded by the product of the lengths; a regular expression could take exponential time.
 */
export function matchesLikePattern(
  text: string,
  pattern: string,
  escape?: string,
): boolean {
  const elements = parsePattern(pattern, escape);
  const characters = Array.from(text);
  let next = 0;
  /** The element after the last "any text" and the position to retry from: one character later each time. */
  let backtrack: { readonly next: number; at: number } | undefined;
  for (let at = 0; at < characters.length;) {
    const element = elements[next];
    if (element === "any text") {
      backtrack = { next: (next += 1), at };
    } else if (matchesElement(element, characters[at])) {
      next += 1;
      at += 1;
    } else if (backtrack) {
      backtrack.at += 1;
      ({ next, at } = backtrack);
    } else return false;
  }
  return elements.slice(next).every((element) => element === "any text");
}

const matchesElement = (
  element: PatternElement | undefined,
  character: string | undefined,
) =>
  element === "any character" ||
  (typeof element === "object" && element.character === character);

function parsePattern(
  pattern: string,
  escape: string | undefined,
): PatternElement[] {
  const characters = Array.from(pattern);
  const elements: PatternElement[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? "";
    if (character === escape)
      elements.push({ character: characters[(index += 1)] ?? "" });
    else if (character === "%") elements.push("any text");
    else if (character === "_") elements.push("any character");
    else elements.push({ character });
  }
  return elements;
}
