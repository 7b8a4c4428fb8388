import { EventType, type HistoryEvent } from "../model/history-event";
import { type EntityId, formatEntityId } from "../model/entity-id";
import type { OutgoingHubMessage } from "../model/hub-message";

interface SentMessage {
  readonly lockset?: readonly EntityId[];
}

/**
 * Creates the messages that release all locks on entities that an execution holds or has requested. They are sent
 * when the execution ends for any reason. (On Azure an orchestration that failed or was terminated
 * keeps its locks.)
 */
export function createLockReleases(
  instanceId: string,
  history: readonly HistoryEvent[],
): readonly OutgoingHubMessage[] {
  const locked = new Set<string>();
  for (const event of history) {
    if (event.EventType !== EventType.EventSent) continue;
    if (event.Name === "release") locked.delete(event.InstanceId);
    const { lockset = [] } = JSON.parse(event.Input) as SentMessage;
    for (const entityId of lockset) locked.add(formatEntityId(entityId));
  }
  return [...locked].map((to) => ({
    to,
    message: { releasedBy: instanceId },
  }));
}
