import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { decodeMessageBody } from "../../core/message-body";
import type {
  FunctionBinding,
  Invocation,
  TypedData,
} from "../../core/extension";
import {
  batchTriggerMetadata,
  messageTriggerMetadata,
} from "./trigger-metadata";

export interface MessageFunctionBinding {
  readonly functionName: string;
  readonly trigger: FunctionBinding;
}

export interface MessageInvocation {
  readonly invocation: Invocation;
  /** Ids of messages whose body is no text, so that the function gets it damaged. */
  readonly damaged: readonly string[];
}

/** How a function is invoked for one message. */
export function toMessageInvocation(
  { functionName, trigger }: MessageFunctionBinding,
  message: ServiceBusReceivedMessage,
): MessageInvocation {
  const { data, isDamaged } = decodeMessageBody(bytesOf(message.body), trigger);
  const traceContext = traceContextOf(message);
  return {
    invocation: {
      functionName,
      trigger: data,
      triggerMetadata: messageTriggerMetadata(message),
      ...(traceContext && { traceContext }),
    },
    damaged: isDamaged ? [String(message.messageId)] : [],
  };
}

/** How a function with `cardinality: "many"` is invoked for a batch. */
export function toBatchInvocation(
  { functionName, trigger }: MessageFunctionBinding,
  messages: readonly ServiceBusReceivedMessage[],
): MessageInvocation {
  const bodies = messages.map(({ body }) =>
    decodeMessageBody(bytesOf(body), trigger),
  );
  return {
    invocation: {
      functionName,
      trigger: collection(bodies.map(({ data }) => data)),
      triggerMetadata: batchTriggerMetadata(messages),
    },
    damaged: messages.flatMap(({ messageId }, index) =>
      bodies[index]?.isDamaged ? [String(messageId)] : [],
    ),
  };
}

const collection = (bodies: readonly TypedData[]): TypedData =>
  bodies.some(({ bytes }) => bytes !== undefined)
    ? {
        collectionBytes: {
          bytes: bodies.map(({ bytes }) => bytes ?? new Uint8Array()),
        },
      }
    : {
        collectionString: { string: bodies.map(({ string = "" }) => string) },
      };

/** The client is told not to read bodies: data comes as bytes, and what was sent as an AMQP value as that. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** Senders of Azure SDKs leave the trace that they are part of in an application property. */
function traceContextOf({
  applicationProperties = {},
}: ServiceBusReceivedMessage): Invocation["traceContext"] {
  const { traceparent, tracestate } = applicationProperties;
  const traceParent = traceparent ?? applicationProperties["Diagnostic-Id"];
  if (typeof traceParent !== "string" || traceParent === "") return undefined;
  return {
    traceParent,
    ...(typeof tracestate === "string" && { traceState: tracestate }),
  };
}
