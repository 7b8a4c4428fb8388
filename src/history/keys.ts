/** Table keys may not hold `/ \ # ?`, `%` or control characters; session ids and names come from users. */
export const keySafe = (text: string): string =>
  encodeURIComponent(text).replaceAll("%", "=");

const endOfTime = 8_640_000_000_000_000;

/** Sorts newest first: the time that is left until the end of time, then the id. */
export const newestFirst = (createdAt: string, id: string): string =>
  `${timeLeft(Date.parse(createdAt))}-${id}`;

/** Where rows of a time begin, in `newestFirst` order. */
export const timeLeft = (ms: number): string =>
  String(endOfTime - ms).padStart(16, "0");

export const idIn = (rowKey: string): string => rowKey.slice(17);
