import type { TriggerMetadata } from "@azure/functions";
import { AosError } from "../../domain/errors";
import { toText } from "../../domain/json";
import { omitUndefined } from "../../domain/omit-undefined";
import type { Json } from "../../domain/payload";
import { parseTraceparent } from "../../telemetry/spans/trace-ids";

/** A message from the Functions host. Nothing but `body` depends on the content of the body. */
export interface ReceivedMessage {
  readonly queue: string;
  readonly messageId: string;
  readonly body: Uint8Array;
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
}

/**
 * Requires a trigger with `dataType: "binary"`: the host puts the fields of a body in text over the metadata. Requires
 * `keepMetadataText`: otherwise the library changes ids. The first letter of application property names arrives in lower case.
 */
export function toReceivedMessage(
  queue: string,
  body: unknown,
  metadata: TriggerMetadata | undefined,
  hostTraceparent?: string,
): ReceivedMessage {
  if (!(body instanceof Uint8Array))
    throw new AosError(
      "internal_error",
      `The body of a message in ${queue} arrived as ${typeof body} instead of bytes, so its metadata cannot be trusted. Register the trigger with dataType "binary".`,
    );
  const values: Readonly<Record<string, unknown>> = metadata ?? {};
  const text = (name: string) => readText(name, values[name]);
  const sequenceNumber = toText((values["sequenceNumber"] ?? 0) as Json);
  const properties = toProperties(values["applicationProperties"]);
  return {
    queue,
    // The sequence number is the same at every delivery.
    messageId: text("messageId") ?? `${queue}-${sequenceNumber}`,
    body,
    sequenceNumber,
    deliveryCount: Number(values["deliveryCount"] ?? 1),
    properties,
    ...omitUndefined({
      contentType: text("contentType"),
      subject: text("subject"),
      correlationId: text("correlationId"),
      sessionId: text("sessionId"),
      replyTo: text("replyTo"),
      replyToSessionId: text("replyToSessionId"),
      traceparent:
        parseTraceparent(properties["traceparent"]) ??
        // The property that Azure SDKs set.
        parseTraceparent(properties["diagnostic-Id"]) ??
        parseTraceparent(hostTraceparent),
    }),
  };
}

function readText(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw new AosError(
    "internal_error",
    `The ${name} of a message arrived as ${typeof value} instead of text, so the original cannot be recovered. Use a version of the Functions worker that AOS supports.`,
  );
}

const toProperties = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};
