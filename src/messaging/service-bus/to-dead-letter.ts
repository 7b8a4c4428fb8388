import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { omitUndefined } from "../../domain/omit-undefined";
import type { DeadLetter } from "../ports";

export const toDeadLetter = (
  message: ServiceBusReceivedMessage,
): DeadLetter => ({
  sequenceNumber: message.sequenceNumber?.toString() ?? "0",
  messageId: idToString(message.messageId) ?? "",
  body: toBytes(message.body),
  properties: message.applicationProperties ?? {},
  deliveryCount: message.deliveryCount ?? 0,
  enqueuedAt: (message.enqueuedTimeUtc ?? new Date(0)).toISOString(),
  ...omitUndefined({
    contentType: message.contentType,
    subject: message.subject,
    correlationId: idToString(message.correlationId),
    sessionId: message.sessionId,
    replyTo: message.replyTo,
    replyToSessionId: message.replyToSessionId,
    reason: message.deadLetterReason,
    description: message.deadLetterErrorDescription,
  }),
});

/** Clients in other languages may send numbers or bytes as ids. */
function idToString(
  id: string | number | Buffer | undefined,
): string | undefined {
  if (id === undefined || typeof id === "string") return id;
  return typeof id === "number" ? String(id) : id.toString("hex");
}

/** AMQP value and sequence bodies become JSON; data bodies stay bytes. */
const toBytes = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body ?? null));
