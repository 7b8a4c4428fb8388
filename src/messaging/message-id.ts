import { createHash } from "node:crypto";

/** Limit of Service Bus. */
const maxMessageIdLength = 128;

/** Returns `<id>:<suffix>`, with a digest in place of an id that is too long. Deterministic. */
export function deriveMessageId(id: string, suffix: string): string {
  const derived = `${id}:${suffix}`;
  if (derived.length <= maxMessageIdLength) return derived;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 32);
  return `${digest}:${suffix}`;
}
