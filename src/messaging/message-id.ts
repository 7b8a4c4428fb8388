import { sha256Hex } from "../domain/sha256";

/** Limit of Service Bus. */
const maxMessageIdLength = 128;

/** Returns `<id>:<suffix>`, with a digest in place of an id that is too long. Deterministic. */
export function deriveMessageId(id: string, suffix: string): string {
  const derived = `${id}:${suffix}`;
  if (derived.length <= maxMessageIdLength) return derived;
  return `${sha256Hex(id).slice(0, 32)}:${suffix}`;
}
