import type { TriggerMetadata } from "@azure/functions";
import { omitUndefined } from "../../domain/omit-undefined";
import { parseTraceparent } from "../../telemetry/spans/trace-ids";

/** A message as the host hands it to a function, put straight. */
export interface ReceivedMessage {
  readonly queue: string;
  readonly messageId: string;
  /** A value when the body is JSON, whatever its content type says; otherwise its text. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  /** W3C Trace Context: the sender's, or else that in which the host runs the function. */
  readonly traceparent?: string;
  readonly sequenceNumber: string;
  /** 1 at the first delivery. */
  readonly deliveryCount: number;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Fields that arrived with digits missing: too long a number for the library that parses metadata as JSON. */
  readonly lossyFields: readonly string[];
}

/**
 * The library runs every value of the metadata through JSON.parse: an id `"42"` comes as a number, and one of 20 digits
 * as another number than was sent. Names of application properties come with a lower-case first letter.
 */
export function toReceivedMessage(
  queue: string,
  body: unknown,
  metadata: TriggerMetadata | undefined,
  hostTrace?: string,
): ReceivedMessage {
  const values: Readonly<Record<string, unknown>> = metadata ?? {};
  const text = (name: string) => textOf(values[name]);
  const sequenceNumber = text("sequenceNumber") ?? "0";
  const properties = propertiesOf(values["applicationProperties"]);
  return {
    queue,
    // What has no id is known by its place in the queue, which is the same at every delivery.
    messageId: text("messageId") ?? `${queue}-${sequenceNumber}`,
    body,
    sequenceNumber,
    deliveryCount: Number(text("deliveryCount") ?? 1),
    properties,
    lossyFields: ["messageId", "sessionId"].filter((name) =>
      isDamaged(values[name]),
    ),
    ...omitUndefined({
      contentType: text("contentType"),
      subject: text("subject"),
      correlationId: text("correlationId"),
      sessionId: text("sessionId"),
      replyTo: text("replyTo"),
      replyToSessionId: text("replyToSessionId"),
      traceparent:
        parseTraceparent(properties["traceparent"]) ??
        // What the SDKs of Azure call it.
        parseTraceparent(properties["diagnostic-Id"]) ??
        parseTraceparent(hostTrace),
    }),
  };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

const isDamaged = (value: unknown): boolean =>
  typeof value === "number" &&
  Number.isInteger(value) &&
  !Number.isSafeInteger(value);

const propertiesOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};
