/** The answer to a request, as a message. */
import type { Failure } from "../../domain/errors";
import type {
  OrchestrationMetadata,
  ReplyAddress,
} from "../../domain/contracts";
import type { Json, PayloadRef } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import type { Usage } from "../../domain/usage";
import { deriveMessageId } from "../message-id";
import type { OutgoingMessage } from "../ports";

/** UTF-8 bytes of JSON up to which an output travels in the response: a message holds 256 KB with everything around it. */
export const maxInlineOutputBytes = 200 * 1024;
/** Longer texts of errors would not leave room for the rest. */
const longestError = 8_000;

export interface EndedOrchestration {
  readonly id: string;
  readonly about: OrchestrationMetadata;
  readonly status: "completed" | "failed";
  readonly usage: Usage;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly output?: Json;
  /** In place of an output that is too large. */
  readonly outputRef?: PayloadRef;
  readonly error?: Failure;
}

export const buildResponseMessage = (
  ended: EndedOrchestration,
  reply: ReplyAddress,
): OutgoingMessage => ({
  to: reply.queue,
  messageId: deriveMessageId(ended.id, "response"),
  ...omitUndefined({
    correlationId: reply.correlationId,
    sessionId: reply.sessionId,
  }),
  subject: `orchestration.${ended.status}`,
  body: responseBody(ended),
  properties: {
    workflow: ended.about.workflow,
    status: ended.status,
    ...traceProperties(ended.about),
  },
});

function responseBody(ended: EndedOrchestration): Json {
  const { id, about, status, usage, startedAt, endedAt } = ended;
  const { output, outputRef, error } = ended;
  return {
    id,
    workflow: about.workflow,
    status,
    ...(output !== undefined && { output }),
    ...(outputRef !== undefined && { outputRef: { ...outputRef } }),
    ...(error !== undefined && { error: shortened(error) }),
    usage: { ...usage },
    startedAt,
    endedAt,
  };
}

const shortened = ({ code, message }: Failure) => ({
  code,
  message:
    message.length > longestError
      ? `${message.slice(0, longestError)} …`
      : message,
});

/** What ties the message to the trace of the request (W3C Trace Context). */
export const traceProperties = ({
  traceparent,
}: Pick<OrchestrationMetadata, "traceparent">): Readonly<
  Record<string, string>
> => (traceparent === undefined ? {} : { traceparent });
