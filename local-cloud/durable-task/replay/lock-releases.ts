import { EventType, type HistoryEvent } from "../model/history-event";
import type { OutgoingHubMessage } from "../model/hub-message";

interface SentMessage {
  readonly lockset?: readonly { readonly name: string; readonly key: string }[];
}

/**
 * What sets free the entities that an execution has locked, or has asked to lock, and not released. It is sent when the
 * execution ends, however it ends. (On the real host a terminated orchestration leaves its locks behind.)
 */
export function createLockReleases(
  instanceId: string,
  history: readonly HistoryEvent[],
): readonly OutgoingHubMessage[] {
  const held = new Set<string>();
  for (const event of history) {
    if (event.EventType !== EventType.EventSent) continue;
    if (event.Name === "release") held.delete(event.InstanceId);
    const { lockset = [] } = JSON.parse(event.Input) as SentMessage;
    for (const { name, key } of lockset) held.add(`@${name}@${key}`);
  }
  return [...held].map((to) => ({ to, message: { releasedBy: instanceId } }));
}
