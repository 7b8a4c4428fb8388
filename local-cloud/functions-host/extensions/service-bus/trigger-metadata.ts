import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { formatDotNetDate } from "../../../shared/time/dotnet-date";
import type { TypedData } from "../../core/extension";

type Metadata = Readonly<Record<string, TypedData>>;

/** Passes text unchanged and all other values as JSON, as on Azure. */
type FieldValue =
  | { readonly kind: "text"; readonly text: string | undefined }
  | { readonly kind: "json"; readonly value: unknown };

const text = (value: unknown): FieldValue => ({
  kind: "text",
  text: typeof value === "string" ? value : undefined,
});
const json = (value: unknown): FieldValue => ({ kind: "json", value });

/**
 * The metadata of a message; the library converts the names to camel case. The client counts deliveries from 0, the host
 * from 1. The .NET objects that Azure adds (`messageReceiver`, `client` …) are omitted.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata
 */
function fields(
  message: ServiceBusReceivedMessage,
): Readonly<Record<string, FieldValue>> {
  const properties = json(
    toJsonProperties(message.applicationProperties ?? {}),
  );
  return {
    DeliveryCount: json((message.deliveryCount ?? 0) + 1),
    LockToken: text(message.lockToken),
    MessageId: text(toText(message.messageId)),
    CorrelationId: text(toText(message.correlationId)),
    // Numbers above 2^53 lose precision, as on Azure.
    SequenceNumber: json(message.sequenceNumber?.toNumber() ?? 0),
    EnqueuedTimeUtc: json(formatDate(message.enqueuedTimeUtc, "")),
    EnqueuedTime: json(formatDate(message.enqueuedTimeUtc, "+00:00")),
    ExpiresAtUtc: json(formatDate(message.expiresAtUtc, "")),
    ExpiresAt: json(formatDate(message.expiresAtUtc, "+00:00")),
    ContentType: text(message.contentType),
    ReplyTo: text(message.replyTo),
    To: text(message.to),
    Subject: text(message.subject),
    Label: text(message.subject),
    ApplicationProperties: properties,
    UserProperties: properties,
    SessionId: text(message.sessionId),
    ReplyToSessionId: text(message.replyToSessionId),
    PartitionKey: text(message.partitionKey),
    TransactionPartitionKey: text(undefined),
    DeadLetterSource: text(message.deadLetterSource),
  };
}

/** The metadata of one message, without text fields that the message does not have. */
export function messageTriggerMetadata(
  message: ServiceBusReceivedMessage,
): Metadata {
  return Object.fromEntries(
    Object.entries(fields(message)).flatMap<[string, TypedData]>(
      ([name, value]) => {
        if (value.kind === "json")
          return [[name, { json: JSON.stringify(value.value) }]];
        return value.text === undefined ? [] : [[name, { string: value.text }]];
      },
    ),
  );
}

/** The metadata of a batch: each field name with the suffix `Array`. Text that a message does not have is empty. */
export function batchTriggerMetadata(
  messages: readonly ServiceBusReceivedMessage[],
): Metadata {
  const all = messages.map(fields);
  return Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => [
      `${name}Array`,
      toArrayData(all.flatMap((values) => values[name] ?? [])),
    ]),
  );
}

function toArrayData(values: readonly FieldValue[]): TypedData {
  const texts = values.flatMap((value) =>
    value.kind === "text" ? [value.text ?? ""] : [],
  );
  if (texts.length === values.length)
    return { collectionString: { string: texts } };
  const items = values.map((value) =>
    value.kind === "json" ? value.value : value.text,
  );
  return { json: JSON.stringify(items) };
}

const toText = (
  value: string | number | Buffer | undefined,
): string | undefined =>
  value === undefined
    ? undefined
    : Buffer.isBuffer(value)
      ? value.toString("hex")
      : String(value);

/** DateTime.MaxValue of .NET, the expiry of a message that does not expire. */
const maxDate = "9999-12-31T23:59:59.9999999";

const formatDate = (date: Date | undefined, offset: "" | "+00:00"): string =>
  date === undefined ||
  Number.isNaN(date.getTime()) ||
  date.getUTCFullYear() >= 9999
    ? `${maxDate}${offset}`
    : formatDotNetDate(date, offset);

/** Converts values without a JSON form as .NET does: bytes to base64, 64-bit integers to numbers. */
function toJsonProperties(
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      Buffer.isBuffer(value)
        ? value.toString("base64")
        : typeof value === "bigint"
          ? Number(value)
          : value,
    ]),
  );
}
