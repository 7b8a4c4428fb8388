import type { DequeuedMessageItem } from "@azure/storage-queue";
import type { TypedData } from "../../core/extension";

/** What a queue function is told beside the message. https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#message-metadata */
export const queueTriggerMetadata = (
  message: DequeuedMessageItem,
  body: string,
): Readonly<Record<string, TypedData>> => ({
  QueueTrigger: { string: body },
  DequeueCount: { int: message.dequeueCount },
  Id: { string: message.messageId },
  PopReceipt: { string: message.popReceipt },
  InsertionTime: time(message.insertedOn),
  ExpirationTime: time(message.expiresOn),
  NextVisibleTime: time(message.nextVisibleOn),
});

/** As .NET writes a DateTimeOffset. */
const time = (date: Date): TypedData => ({
  json: JSON.stringify(
    date.toISOString().replace(".000Z", "Z").replace("Z", "+00:00"),
  ),
});
