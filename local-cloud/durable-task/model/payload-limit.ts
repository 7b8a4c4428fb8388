/**
 * The error message for a value above the payload limit; undefined when it is within the limit. `subject` starts the
 * sentence. Sizes are UTF-8 bytes of JSON text. Azure limits the size of table and queue entries instead.
 */
export function describeOversizedPayload(
  limit: number,
  subject: string,
  text: string | null,
): string | undefined {
  // A UTF-16 code unit takes at most three bytes, so most texts need not be measured.
  if (text === null || text.length * 3 <= limit) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes <= limit
    ? undefined
    : `${subject} is ${bytes} bytes of JSON; the limit is ${limit} bytes. Store large data elsewhere and pass a reference, or raise maxPayloadBytes in host.json (extensions.durableTask).`;
}
