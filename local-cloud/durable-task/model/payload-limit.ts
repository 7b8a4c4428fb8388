/**
 * Why a value is too large for the hub to keep, as a sentence; undefined when it is not. `what` begins the sentence.
 * Lengths are UTF-8 bytes of JSON text. The real host has no such limit, but hangs on tables and queues that do.
 */
export function describeOversizedPayload(
  limit: number,
  what: string,
  text: string | null,
): string | undefined {
  // No text has more bytes than three for each of its characters: most are not counted.
  if (text === null || text.length * 3 <= limit) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes <= limit
    ? undefined
    : `${what} is ${bytes} bytes of JSON, and ${limit} are the limit. Keep large data elsewhere and pass where it is, or raise maxPayloadBytes in host.json (extensions.durableTask).`;
}
