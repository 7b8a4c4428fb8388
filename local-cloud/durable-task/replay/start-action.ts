import {
  type Action,
  ActionType,
  type ActivityAction,
  type ChildAction,
  type CompoundAction,
  isCompound,
  type LeafAction,
} from "./actions";
import {
  type OnSettled,
  type ReplayCursor,
  StartedAction,
} from "./replay-cursor";
import { startWithRetries } from "./retries";
import {
  releaseLocks,
  startEntityCall,
  startLock,
} from "./start-entity-action";
import { startHttpCall } from "./start-http-call";
import { startTimerAction } from "./start-timer-action";
import type { TaskRequest } from "./task-request";

/**
 * Makes the requests of an action and reports when it has settled, like the client library's task of that kind.
 *
 * An action that is listed twice stays one task. Azure schedules it again, and the orchestration hangs (durable-functions
 * issues #485 and #574).
 */
export function startAction(
  cursor: ReplayCursor,
  action: Action,
  onSettled: OnSettled,
): void {
  const existing = cursor.started.get(action);
  if (existing) {
    existing.onSettled(onSettled);
    return;
  }
  const started = new StartedAction();
  cursor.started.set(action, started);
  started.onSettled(onSettled);
  const settle = (failed: boolean): void => {
    started.settle(failed);
  };
  if (isCompound(action)) startCompound(cursor, action, settle);
  else startLeaf(cursor, action, settle);
}

/** `WhenAny` settles with the first task, `WhenAll` with the last or with the first failed one. */
function startCompound(
  cursor: ReplayCursor,
  { actionType, compoundActions }: CompoundAction,
  settle: OnSettled,
): void {
  let remaining = compoundActions.length;
  let isSettled = false;
  const settleOnce = (failed: boolean): void => {
    if (isSettled) return;
    isSettled = true;
    settle(failed);
  };
  for (const child of compoundActions)
    startAction(cursor, child, (failed) => {
      remaining -= 1;
      if (actionType === ActionType.WhenAny) settleOnce(false);
      else if (failed || remaining === 0) settleOnce(failed);
    });
}

function startLeaf(
  cursor: ReplayCursor,
  action: LeafAction,
  settle: OnSettled,
): void {
  switch (action.actionType) {
    case ActionType.CreateTimer:
      startTimerAction(cursor, action, settle);
      break;
    case ActionType.CallHttp:
      startHttpCall(cursor, action, settle);
      break;
    case ActionType.WaitForExternalEvent:
      cursor.timeline.onExternalEvent(action.externalEventName, () => {
        settle(false);
      });
      break;
    case ActionType.CallEntity:
    case ActionType.SignalEntity:
      startEntityCall(cursor, action, settle);
      break;
    case ActionType.LockEntities:
      startLock(cursor, action, settle);
      break;
    case ActionType.ReleaseEntities:
      releaseLocks(cursor);
      settle(false);
      break;
    case ActionType.ContinueAsNew:
      break; // never settles: no action after it is started
    default:
      startTask(cursor, action, settle);
  }
}

function startTask(
  { timeline }: ReplayCursor,
  action: ActivityAction | ChildAction,
  settle: OnSettled,
): void {
  const request = toRequest(action);
  if (action.retryOptions)
    startWithRetries(timeline, action.retryOptions, request, settle);
  else
    timeline.addRequest(request, ({ failure }) => {
      settle(failure !== undefined);
    });
}

function toRequest(action: ActivityAction | ChildAction): TaskRequest {
  const { functionName: name, input } = action;
  if (
    action.actionType === ActionType.CallActivity ||
    action.actionType === ActionType.CallActivityWithRetry
  )
    return { kind: "activity", name, input };
  const { instanceId, version } = action as ChildAction;
  return { kind: "child", name, instanceId, input, version };
}
