/**
 * Where a text stops being JSON. V8 tells the position of some mistakes and not of others, depending on its version, but
 * it always tells a text that ends too early from one that is wrong: so the longest beginning that could still
 * become JSON is searched for by halves.
 */
export function jsonErrorPosition(text: string): number {
  let sound = 0;
  let broken = text.length + 1;
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (couldContinue(text.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

function couldContinue(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    const position = /position (\d+)/.exec(reason)?.[1];
    return (
      /end of JSON|Unterminated/.test(reason) ||
      Number(position) === beginning.length
    );
  }
}
