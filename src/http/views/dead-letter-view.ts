import { z } from "zod";
import type { DeadLetter, QueuePath } from "../../messaging/ports";
import {
  originalMessageId,
  originalQueue,
} from "../../messaging/dead-letters/replay-message";
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import type { FieldError } from "../../orchestrations/request/request-error";

export interface DeadLetterView {
  readonly queue: string;
  readonly sequenceNumber: string;
  /** The id under which the message was first sent to the queue `source`. */
  readonly messageId: string;
  readonly source: string;
  readonly reason: string;
  readonly description: string;
  readonly errors: readonly FieldError[];
  readonly deliveryCount: number;
  readonly enqueuedAt: string;
  readonly ageSeconds: number;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly replyTo?: string;
  /** The parsed value of a JSON body, otherwise the text. */
  readonly body?: Json;
  /** Replaces `body` when the body is not UTF-8 text. */
  readonly bodyBase64?: string;
}

export function toDeadLetterView(
  letter: DeadLetter,
  queue: QueuePath,
  now: Date,
): DeadLetterView {
  const { properties, enqueuedAt } = letter;
  const ageMs = now.getTime() - Date.parse(enqueuedAt);
  return {
    queue,
    sequenceNumber: letter.sequenceNumber,
    messageId: originalMessageId(letter),
    source: originalQueue(letter, queue),
    reason: firstText(properties["deadLetterReason"], letter.reason),
    description: firstText(
      properties["deadLetterDescription"],
      letter.description,
    ),
    errors: parseFieldErrors(properties["deadLetterErrors"]),
    deliveryCount: letter.deliveryCount,
    enqueuedAt,
    ageSeconds: Math.max(0, Math.round(ageMs / 1000)),
    ...omitUndefined({
      correlationId: letter.correlationId,
      sessionId: letter.sessionId,
      replyTo: letter.replyTo,
    }),
    ...decodeBody(letter.body),
  };
}

const firstText = (
  applicationValue: unknown,
  brokerValue: string | undefined,
): string =>
  typeof applicationValue === "string" ? applicationValue : (brokerValue ?? "");

const errorsSchema = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(z.object({ pointer: z.string(), detail: z.string() })));

function parseFieldErrors(value: unknown): readonly FieldError[] {
  try {
    return errorsSchema.safeParse(value).data ?? [];
  } catch {
    // Any sender can set this property.
    return [];
  }
}

function decodeBody(
  bytes: Uint8Array,
): Pick<DeadLetterView, "body" | "bodyBase64"> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { body: parseJsonOrText(text) };
  } catch {
    return { bodyBase64: Buffer.from(bytes).toString("base64") };
  }
}

function parseJsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
