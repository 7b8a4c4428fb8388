import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { decodeMessageBody } from "../../core/message-body";
import type {
  FunctionBinding,
  Invocation,
  TypedData,
} from "../../core/extension";
import { mergeBodyFields } from "./merge-body-fields";
import { isBatchTrigger } from "./service-bus-functions";
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
  /** Ids of messages whose body is not text, so that the function receives replacement characters. */
  readonly damaged: readonly string[];
}

export function toMessageInvocation(
  { functionName, trigger }: MessageFunctionBinding,
  message: ServiceBusReceivedMessage,
): MessageInvocation {
  const { data, isDamaged } = decodeMessageBody(toBytes(message.body), trigger);
  const traceContext = readTraceContext(message);
  return {
    invocation: {
      functionName,
      trigger: data,
      triggerMetadata: mergeBodyFields(messageTriggerMetadata(message), data),
      ...(traceContext && { traceContext }),
    },
    damaged: isDamaged ? [String(message.messageId)] : [],
  };
}

/** For a function with `cardinality: "many"`. */
export function toBatchInvocation(
  { functionName, trigger }: MessageFunctionBinding,
  messages: readonly ServiceBusReceivedMessage[],
): MessageInvocation {
  const bodies = messages.map(({ body }) =>
    decodeMessageBody(toBytes(body), trigger),
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

/** The trigger data of an invocation without a message, whose body is `text`. */
export function toManualTriggerData(
  text: string,
  trigger: FunctionBinding,
): TypedData {
  const { data } = decodeMessageBody(Buffer.from(text), trigger);
  return isBatchTrigger(trigger) ? collection([data]) : data;
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

/** With `skipParsingBodyAsJson` an AMQP data body arrives as bytes, an AMQP value body as the value. */
function toBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** Azure SDKs send the trace context in application properties. */
function readTraceContext({
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
