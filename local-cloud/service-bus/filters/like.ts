/** One place of a pattern: a text of whatever length, some one character, or this character. */
type Place = "any text" | "any character" | { readonly character: string };

/**
 * Whether the text is like the pattern: `%` is any text, `_` any one character; a character after `escape` stands for
 * itself. Takes time by the product of the lengths at worst, where a regular expression could take for ever.
 */
export function matchesLikePattern(
  text: string,
  pattern: string,
  escape?: string,
): boolean {
  const places = placesOf(pattern, escape);
  const characters = Array.from(text);
  let place = 0;
  /** Where to go on when what followed the last "any text" did not fit: one character later. */
  let retry: { readonly place: number; at: number } | undefined;
  for (let at = 0; at < characters.length;) {
    const wanted = places[place];
    if (wanted === "any text") {
      retry = { place: (place += 1), at };
    } else if (fits(wanted, characters[at])) {
      place += 1;
      at += 1;
    } else if (retry) {
      retry.at += 1;
      ({ place, at } = retry);
    } else return false;
  }
  return places.slice(place).every((left) => left === "any text");
}

const fits = (place: Place | undefined, character: string | undefined) =>
  place === "any character" ||
  (typeof place === "object" && place.character === character);

function placesOf(pattern: string, escape: string | undefined): Place[] {
  const characters = Array.from(pattern);
  const places: Place[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? "";
    if (character === escape)
      places.push({ character: characters[(index += 1)] ?? "" });
    else if (character === "%") places.push("any text");
    else if (character === "_") places.push("any character");
    else places.push({ character });
  }
  return places;
}
