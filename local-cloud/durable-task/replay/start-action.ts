/** Begins an action on the timeline and says when it has settled: what the client library's task of that kind does. */
import {
  type Action,
  ActionType,
  type ActivityAction,
  type ChildAction,
  type ContinueAsNewAction,
  type CompoundAction,
  type EntityAction,
  isCompound,
  type LeafAction,
  type LockAction,
  type ReleaseAction,
  type TimerAction,
  type WaitAction,
} from "./actions";
import { startHttpCall } from "./start-http-call";
import {
  StartedAction,
  type ReplayCursor,
  type OnSettled,
} from "./replay-cursor";
import { formatEntityId } from "../model/entity-id";
import type { TaskRequest } from "./task-request";
import { startWithRetries } from "./retries";

/**
 * (The real host schedules a task again that is listed twice, and the orchestration hangs: durable-functions issues
 * #485 and #574. Here it stays one task. What tells it from another task that asks for the same is its identity.)
 */
export function startAction(
  course: ReplayCursor,
  action: Action,
  done: OnSettled,
): void {
  const before = course.started.get(action);
  if (before) {
    before.onSettled(done);
    return;
  }
  const task = new StartedAction();
  course.started.set(action, task);
  task.onSettled(done);
  const settle = (failed: boolean): void => {
    task.settle(failed);
  };
  if (isCompound(action)) beginCompound(course, action, settle);
  else beginLeaf(course, action, settle);
}

/** `any` settles with the first, `all` with the last or with the first that fails. */
function beginCompound(
  course: ReplayCursor,
  { actionType, compoundActions }: CompoundAction,
  settle: OnSettled,
): void {
  let left = compoundActions.length;
  let isSettled = false;
  const settleOnce = (failed: boolean): void => {
    if (isSettled) return;
    isSettled = true;
    settle(failed);
  };
  for (const child of compoundActions)
    startAction(course, child, (failed) => {
      left -= 1;
      if (actionType === ActionType.WhenAny) settleOnce(false);
      else if (failed || left === 0) settleOnce(failed);
    });
}

function beginLeaf(
  course: ReplayCursor,
  action: LeafAction,
  settle: OnSettled,
): void {
  switch (action.actionType) {
    case ActionType.CallActivity:
    case ActionType.CallActivityWithRetry:
    case ActionType.CallSubOrchestrator:
    case ActionType.CallSubOrchestratorWithRetry:
      beginTask(course, action, settle);
      break;
    case ActionType.CreateTimer:
      beginTimer(course, action, settle);
      break;
    case ActionType.CallHttp:
      startHttpCall(course, action, settle);
      break;
    default:
      beginTalk(course, action, settle);
  }
}

/** Waits, and messages to entities. */
function beginTalk(
  course: ReplayCursor,
  action:
    | WaitAction
    | EntityAction
    | LockAction
    | ReleaseAction
    | ContinueAsNewAction,
  settle: OnSettled,
): void {
  switch (action.actionType) {
    case ActionType.WaitForExternalEvent:
      course.timeline.onExternalEvent(action.externalEventName, () => {
        settle(false);
      });
      break;
    case ActionType.CallEntity:
    case ActionType.SignalEntity:
      beginEntity(course, action, settle);
      break;
    case ActionType.LockEntities:
      beginLock(course, action, settle);
      break;
    case ActionType.ReleaseEntities:
      release(course);
      settle(false);
      break;
    case ActionType.ContinueAsNew:
      break; // nothing that is listed after it counts
  }
}

function release(course: ReplayCursor): void {
  for (const entityId of course.lockedEntityIds)
    course.timeline.addRequest({ kind: "release", entityId });
  course.lockedEntityIds = [];
}

function beginTask(
  { timeline }: ReplayCursor,
  action: ActivityAction | ChildAction,
  settle: OnSettled,
): void {
  const request = requestOf(action);
  if (action.retryOptions)
    startWithRetries(timeline, action.retryOptions, request, settle);
  else
    timeline.addRequest(request, ({ failure }) => {
      settle(failure !== undefined);
    });
}

function requestOf(action: ActivityAction | ChildAction): TaskRequest {
  const { functionName: name, input } = action;
  if (
    action.actionType === ActionType.CallActivity ||
    action.actionType === ActionType.CallActivityWithRetry
  )
    return { kind: "activity", name, input };
  const { instanceId, version } = action as ChildAction;
  return { kind: "child", name, instanceId, input, version };
}

/** A timer beyond the longest that the host keeps is a row of shorter ones, each with an id of its own. */
function beginTimer(
  { timeline, limits }: ReplayCursor,
  action: TimerAction,
  settle: OnSettled,
): void {
  const end = new Date(action.fireAt).getTime();
  const next = (isFirst: boolean): void => {
    const isLong = end - timeline.now > limits.maximumTimerMs;
    const fireAt = isLong ? timeline.now + limits.timerIntervalMs : end;
    const ask = isFirst ? "addRequest" : "addFollowUpRequest";
    timeline[ask](
      {
        kind: "timer",
        fireAt,
        // Read when they are needed: the function may cancel the timer in a later episode of the same session.
        get holdsOpen() {
          return !action.isCanceled;
        },
        get isCancelled() {
          return action.isCanceled;
        },
      },
      () => {
        if (end > timeline.now) next(false);
        else settle(false);
      },
    );
  };
  next(true);
}

function beginEntity(
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
    const answer = JSON.parse(result ?? "{}") as object;
    settle("exceptionType" in answer);
  });
}

function beginLock(
  course: ReplayCursor,
  { lockSet }: LockAction,
  settle: OnSettled,
): void {
  const entityIds = lockSet.map(formatEntityId);
  course.lockedEntityIds = entityIds;
  const id = course.timeline.addRequest({ kind: "lock", entityIds });
  course.timeline.onEntityResponse(id, () => {
    settle(false);
  });
}
