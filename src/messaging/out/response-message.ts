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

/** UTF-8 bytes of JSON. Leaves room for the other fields in a message of at most 256 KB. */
export const maxInlineOutputBytes = 200 * 1024;
const maxErrorLength = 8_000;

export interface EndedOrchestration {
  readonly id: string;
  readonly metadata: OrchestrationMetadata;
  readonly status: "completed" | "failed" | "terminated";
  readonly usage: Usage;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly output?: Json;
  /** Replaces an output of more than `maxInlineOutputBytes`. */
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
    workflow: ended.metadata.workflow,
    status: ended.status,
    ...traceProperties(ended.metadata),
  },
});

function responseBody(ended: EndedOrchestration): Json {
  const { id, metadata, status, usage, startedAt, endedAt } = ended;
  const { output, outputRef, error } = ended;
  return {
    id,
    workflow: metadata.workflow,
    status,
    ...(output !== undefined && { output }),
    ...(outputRef !== undefined && { outputRef: { ...outputRef } }),
    ...(error !== undefined && { error: truncateError(error) }),
    usage: { ...usage },
    startedAt,
    endedAt,
  };
}

const truncateError = ({ code, message }: Failure) => ({
  code,
  message:
    message.length > maxErrorLength
      ? `${message.slice(0, maxErrorLength)} …`
      : message,
});

/** W3C Trace Context of the request. */
export const traceProperties = ({
  traceparent,
}: Pick<OrchestrationMetadata, "traceparent">): Readonly<
  Record<string, string>
> => (traceparent === undefined ? {} : { traceparent });
