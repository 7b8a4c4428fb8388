/** What is kept or handed on may be so large, and no larger: `maxPayloadBytes` of host.json. */

/** Why a text is refused, as the end of a sentence about it; undefined when it is not. */
export function payloadProblem(
  what: string,
  text: string | null,
  maxBytes: number,
): string | undefined {
  if (text === null || text.length * 3 <= maxBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes > maxBytes
    ? `${what} has ${bytes} bytes, which is larger than ${maxBytes} bytes (maxPayloadBytes in host.json). Keep large data elsewhere and hand on where it is.`
    : undefined;
}
