import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { TypedData } from "../../core/extension";

type Metadata = Readonly<Record<string, TypedData>>;

/** What a field is on the real host: text goes as it is, everything else as JSON. */
type Value =
  | { readonly kind: "text"; readonly text: string | undefined }
  | { readonly kind: "json"; readonly value: unknown };

const text = (value: unknown): Value => ({
  kind: "text",
  text: typeof value === "string" ? value : undefined,
});
const json = (value: unknown): Value => ({ kind: "json", value });

/**
 * What a function is told of its message; the library turns the names into camel case. The client counts deliveries from
 * 0, the host from 1. What the real host adds of .NET objects (`messageReceiver`, `client` …) is left out.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata
 */
function fields(
  message: ServiceBusReceivedMessage,
): Readonly<Record<string, Value>> {
  const properties = json(plain(message.applicationProperties ?? {}));
  return {
    DeliveryCount: json((message.deliveryCount ?? 0) + 1),
    LockToken: text(message.lockToken),
    MessageId: text(asText(message.messageId)),
    CorrelationId: text(asText(message.correlationId)),
    // Beyond 2^53 digits are lost, as they are in Azure.
    SequenceNumber: json(message.sequenceNumber?.toNumber() ?? 0),
    EnqueuedTimeUtc: json(dateTime(message.enqueuedTimeUtc, "Z")),
    EnqueuedTime: json(dateTime(message.enqueuedTimeUtc, "+00:00")),
    ExpiresAtUtc: json(dateTime(message.expiresAtUtc, "Z")),
    ExpiresAt: json(dateTime(message.expiresAtUtc, "+00:00")),
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

/** For one message: what it does not have is left out. */
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

/** For a batch: the same names with `Array` behind them. Text that a message does not have is empty. */
export function batchTriggerMetadata(
  messages: readonly ServiceBusReceivedMessage[],
): Metadata {
  const all = messages.map(fields);
  return Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => [
      `${name}Array`,
      arrayOf(all.flatMap((one) => one[name] ?? [])),
    ]),
  );
}

function arrayOf(values: readonly Value[]): TypedData {
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

const asText = (
  value: string | number | Buffer | undefined,
): string | undefined =>
  value === undefined
    ? undefined
    : Buffer.isBuffer(value)
      ? value.toString("hex")
      : String(value);

/** .NET's largest date is that of a message which does not expire. */
const latest = "9999-12-31T23:59:59.9999999";

/** As .NET writes a DateTime (`Z`) or a DateTimeOffset (`+00:00`). */
function dateTime(date: Date | undefined, zone: "Z" | "+00:00"): string {
  if (date === undefined || Number.isNaN(date.getTime()) || isFar(date))
    return `${latest}${zone}`;
  return date.toISOString().replace(".000Z", "Z").replace("Z", zone);
}

const isFar = (date: Date): boolean => date.getUTCFullYear() >= 9999;

/** Application properties as JSON has them: bytes in base64, as .NET writes them, long numbers as numbers. */
function plain(
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
