import type { TriggerMetadata } from "@azure/functions";
import { toText } from "../../domain/json";
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import { parseTraceparent } from "../../telemetry/spans/trace-ids";

/** A message from the Functions host, with its metadata as strings. */
export interface ReceivedMessage {
  readonly queue: string;
  readonly messageId: string;
  /** The parsed value when the body is JSON, for any content type; otherwise the text. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  /** W3C Trace Context of the sender, or else of the host's invocation. */
  readonly traceparent?: string;
  readonly sequenceNumber: string;
  /** 1 at the first delivery. */
  readonly deliveryCount: number;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of fields whose number exceeds the precision of a JavaScript number. */
  readonly lossyFields: readonly string[];
}

/**
 * The Functions library passes every metadata value through `JSON.parse`: the id `"42"` arrives as a number, and an id of
 * 20 digits as a rounded number. The first letter of application property names arrives in lower case.
 */
export function toReceivedMessage(
  queue: string,
  body: unknown,
  metadata: TriggerMetadata | undefined,
  hostTraceparent?: string,
): ReceivedMessage {
  const values: Readonly<Record<string, unknown>> = metadata ?? {};
  const stringValue = (name: string) => toTextIfPresent(values[name]);
  const sequenceNumber = stringValue("sequenceNumber") ?? "0";
  const properties = toProperties(values["applicationProperties"]);
  return {
    queue,
    // The sequence number is the same at every delivery.
    messageId: stringValue("messageId") ?? `${queue}-${sequenceNumber}`,
    body,
    sequenceNumber,
    deliveryCount: Number(stringValue("deliveryCount") ?? 1),
    properties,
    lossyFields: ["messageId", "sessionId"].filter((name) =>
      isLossy(values[name]),
    ),
    ...omitUndefined({
      contentType: stringValue("contentType"),
      subject: stringValue("subject"),
      correlationId: stringValue("correlationId"),
      sessionId: stringValue("sessionId"),
      replyTo: stringValue("replyTo"),
      replyToSessionId: stringValue("replyToSessionId"),
      traceparent:
        parseTraceparent(properties["traceparent"]) ??
        // The property that Azure SDKs set.
        parseTraceparent(properties["diagnostic-Id"]) ??
        parseTraceparent(hostTraceparent),
    }),
  };
}

const toTextIfPresent = (value: unknown): string | undefined =>
  value === undefined || value === null || value === ""
    ? undefined
    : toText(value as Json);

const isLossy = (value: unknown): boolean =>
  typeof value === "number" &&
  Number.isInteger(value) &&
  !Number.isSafeInteger(value);

const toProperties = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};
