import { createHash } from "node:crypto";

/** Service Bus takes no longer ones. */
const maxLength = 128;

/** An id made of another one; of a very long one its digest is left, so that it is still the same every time. */
export function deriveMessageId(id: string, suffix: string): string {
  const derived = `${id}:${suffix}`;
  if (derived.length <= maxLength) return derived;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 32);
  return `${digest}:${suffix}`;
}
