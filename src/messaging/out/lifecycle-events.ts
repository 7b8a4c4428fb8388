import type { OrchestrationMetadata } from "../../domain/contracts";
import type {
  OrchestrationEvent,
  OrchestrationEventType,
} from "../../domain/history/orchestration-history";
import { eventTopic } from "../entities";
import { deriveMessageId } from "../message-id";
import type { OutgoingMessage } from "../ports";
import { traceProperties } from "./response-message";

/** The history events that are published, with the status of the orchestration after each. */
const publishedStatuses: Partial<Record<OrchestrationEventType, string>> = {
  "orchestration.started": "running",
  "orchestration.completed": "completed",
  "orchestration.failed": "failed",
  "orchestration.terminated": "terminated",
};

/** Builds a message with the id `<id>:<type>` for each event that changes the orchestration's status. */
export const buildLifecycleEvents = (
  id: string,
  events: readonly OrchestrationEvent[],
  metadata: OrchestrationMetadata,
): readonly OutgoingMessage[] =>
  events.flatMap((event) => {
    const status = publishedStatuses[event.type];
    return status === undefined
      ? []
      : [buildLifecycleEvent(id, event, status, metadata)];
  });

function buildLifecycleEvent(
  id: string,
  { type, at, data }: OrchestrationEvent,
  status: string,
  metadata: OrchestrationMetadata,
): OutgoingMessage {
  const { workflow, version, tags } = metadata;
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
      ...traceProperties(metadata),
    },
  };
}
