import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { omitUndefined } from "../../domain/omit-undefined";
import type { DeadLetter } from "../ports";

export const toDeadLetter = (
  message: ServiceBusReceivedMessage,
): DeadLetter => ({
  sequenceNumber: message.sequenceNumber?.toString() ?? "0",
  messageId: textOf(message.messageId) ?? "",
  body: toBytes(message.body),
  properties: message.applicationProperties ?? {},
  deliveryCount: message.deliveryCount ?? 0,
  enqueuedAt: (message.enqueuedTimeUtc ?? new Date(0)).toISOString(),
  ...omitUndefined({
    contentType: message.contentType,
    subject: message.subject,
    correlationId: textOf(message.correlationId),
    sessionId: message.sessionId,
    replyTo: message.replyTo,
    replyToSessionId: message.replyToSessionId,
    reason: message.deadLetterReason,
    description: message.deadLetterErrorDescription,
  }),
});

/** Ids may be numbers or bytes for senders in other languages. */
function textOf(id: string | number | Buffer | undefined): string | undefined {
  if (id === undefined || typeof id === "string") return id;
  return typeof id === "number" ? String(id) : id.toString("hex");
}

/** Bodies that other clients send as AMQP values or sequences, not as data, become JSON. */
const toBytes = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body ?? null));
