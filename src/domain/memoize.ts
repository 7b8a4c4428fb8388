/** Makes a value when it is first asked for and keeps it; a failure is not kept. */
export function memoize<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
