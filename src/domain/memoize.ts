/** Creates the value on the first call and returns it again on later calls. A failed creation is repeated. */
export function memoize<Value extends object>(
  create: () => Value,
): () => Value {
  let value: Value | undefined;
  return () => (value ??= create());
}
