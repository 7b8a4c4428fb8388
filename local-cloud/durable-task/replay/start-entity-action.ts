import { ActionType, type EntityAction, type LockAction } from "./actions";
import { formatEntityId } from "../model/entity-id";
import type { OnSettled, ReplayCursor } from "./replay-cursor";

/** Calls or signals an entity. A signal settles immediately. */
export function startEntityCall(
  { timeline }: ReplayCursor,
  { actionType, instanceId, operation, input }: EntityAction,
  settle: OnSettled,
): void {
  const isCall = actionType === ActionType.CallEntity;
  const id = timeline.addRequest({
    kind: "entity",
    entityId: instanceId,
    operation,
    input,
    isCall,
  });
  if (!isCall) {
    settle(false);
    return;
  }
  timeline.onEntityResponse(id, ({ result }) => {
    const response = JSON.parse(result ?? "{}") as object;
    settle("exceptionType" in response);
  });
}

export function startLock(
  cursor: ReplayCursor,
  { lockSet }: LockAction,
  settle: OnSettled,
): void {
  const entityIds = lockSet.map(formatEntityId);
  cursor.lockedEntityIds = entityIds;
  const id = cursor.timeline.addRequest({ kind: "lock", entityIds });
  cursor.timeline.onEntityResponse(id, () => {
    settle(false);
  });
}

export function releaseLocks(cursor: ReplayCursor): void {
  for (const entityId of cursor.lockedEntityIds)
    cursor.timeline.addRequest({ kind: "release", entityId });
  cursor.lockedEntityIds = [];
}
