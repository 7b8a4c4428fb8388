/** What happens to orchestrations, as messages on the topic `agent-events`. */
import type { OrchestrationMetadata } from "../../domain/contracts";
import type {
  OrchestrationEvent,
  OrchestrationEventType,
} from "../../domain/history/orchestration-history";
import { eventTopic } from "../entities";
import { deriveMessageId } from "../message-id";
import type { OutgoingMessage } from "../ports";
import { traceProperties } from "./response-message";

/** The facts that are told, with the status that an orchestration has because of them. */
const statusOf: Partial<Record<OrchestrationEventType, string>> = {
  "orchestration.started": "running",
  "orchestration.completed": "completed",
  "orchestration.failed": "failed",
};

/** A message for every row that tells of a change of the orchestration itself; `<id>:<type>` is its message id. */
export const buildLifecycleEvents = (
  id: string,
  rows: readonly OrchestrationEvent[],
  about: OrchestrationMetadata,
): readonly OutgoingMessage[] =>
  rows.flatMap((row) => {
    const status = statusOf[row.type];
    return status === undefined ? [] : [lifecycleEvent(id, row, status, about)];
  });

function lifecycleEvent(
  id: string,
  { type, at, data }: OrchestrationEvent,
  status: string,
  about: OrchestrationMetadata,
): OutgoingMessage {
  const { workflow, version, tags } = about;
  const error = data?.["error"];
  return {
    to: eventTopic,
    messageId: deriveMessageId(id, type),
    correlationId: id,
    subject: type,
    body: {
      id,
      workflow,
      version,
      type,
      status,
      at,
      tags: { ...tags },
      ...(error !== undefined && { error }),
    },
    properties: {
      workflow,
      status,
      ...Object.fromEntries(
        Object.entries(tags).map(([key, value]) => [`tag.${key}`, value]),
      ),
      ...traceProperties(about),
    },
  };
}
