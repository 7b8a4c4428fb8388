import type { DequeuedMessageItem } from "@azure/storage-queue";
import { formatDotNetDate } from "../../../shared/time/dotnet-date";
import type { TypedData } from "../../core/extension";

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#message-metadata */
export const queueTriggerMetadata = (
  message: DequeuedMessageItem,
  body: string,
): Readonly<Record<string, TypedData>> => ({
  QueueTrigger: { string: body },
  DequeueCount: { int: message.dequeueCount },
  Id: { string: message.messageId },
  PopReceipt: { string: message.popReceipt },
  InsertionTime: toDateData(message.insertedOn),
  ExpirationTime: toDateData(message.expiresOn),
  NextVisibleTime: toDateData(message.nextVisibleOn),
});

const toDateData = (date: Date): TypedData => ({
  json: JSON.stringify(formatDotNetDate(date, "+00:00")),
});
