/** Begins an action on the timeline and says when it has settled: what the client library's task of that kind does. */
import {
  type Action,
  ActionType,
  type ActivityAction,
  type ChildAction,
  type ContinueAsNew,
  type Compound,
  type EntityAction,
  isCompound,
  type Leaf,
  type LockAction,
  type ReleaseAction,
  type TimerAction,
  type WaitAction,
} from "./actions";
import { beginHttp } from "./begin-http";
import { Begun, type Course, type Done } from "./course";
import { entityIdText } from "../entity-id";
import type { Request } from "./request";
import { withRetries } from "./retries";

/**
 * (The real host schedules a task again that is listed twice, and the orchestration hangs: durable-functions issues
 * #485 and #574. Here it stays one task. What tells it from another task that asks for the same is its identity.)
 */
export function begin(course: Course, action: Action, done: Done): void {
  const before = course.begun.get(action);
  if (before) {
    before.then(done);
    return;
  }
  const task = new Begun();
  course.begun.set(action, task);
  task.then(done);
  const settle = (failed: boolean): void => {
    task.settle(failed);
  };
  if (isCompound(action)) beginCompound(course, action, settle);
  else beginLeaf(course, action, settle);
}

/** `any` settles with the first, `all` with the last or with the first that fails. */
function beginCompound(
  course: Course,
  { actionType, compoundActions }: Compound,
  settle: Done,
): void {
  let left = compoundActions.length;
  let isSettled = false;
  const settleOnce = (failed: boolean): void => {
    if (isSettled) return;
    isSettled = true;
    settle(failed);
  };
  for (const child of compoundActions)
    begin(course, child, (failed) => {
      left -= 1;
      if (actionType === ActionType.WhenAny) settleOnce(false);
      else if (failed || left === 0) settleOnce(failed);
    });
}

function beginLeaf(course: Course, action: Leaf, settle: Done): void {
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
      beginHttp(course, action, settle);
      break;
    default:
      beginTalk(course, action, settle);
  }
}

/** Waits, and messages to entities. */
function beginTalk(
  course: Course,
  action:
    WaitAction | EntityAction | LockAction | ReleaseAction | ContinueAsNew,
  settle: Done,
): void {
  switch (action.actionType) {
    case ActionType.WaitForExternalEvent:
      course.timeline.onEvent(action.externalEventName, () => {
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

function release(course: Course): void {
  for (const entityId of course.locked)
    course.timeline.ask({ kind: "release", entityId });
  course.locked = [];
}

function beginTask(
  { timeline }: Course,
  action: ActivityAction | ChildAction,
  settle: Done,
): void {
  const request = requestOf(action);
  if (action.retryOptions)
    withRetries(timeline, action.retryOptions, request, settle);
  else
    timeline.ask(request, ({ failure }) => {
      settle(failure !== undefined);
    });
}

function requestOf(action: ActivityAction | ChildAction): Request {
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
  { timeline, limits }: Course,
  action: TimerAction,
  settle: Done,
): void {
  const end = new Date(action.fireAt).getTime();
  const next = (isFirst: boolean): void => {
    const isLong = end - timeline.now > limits.maximumTimerMs;
    const fireAt = isLong ? timeline.now + limits.timerIntervalMs : end;
    const ask = isFirst ? "ask" : "askFurther";
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
  { timeline }: Course,
  { actionType, instanceId, operation, input }: EntityAction,
  settle: Done,
): void {
  const isCall = actionType === ActionType.CallEntity;
  const id = timeline.ask({
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
  timeline.onAnswer(id, ({ result }) => {
    const answer = JSON.parse(result ?? "{}") as object;
    settle("exceptionType" in answer);
  });
}

function beginLock(
  course: Course,
  { lockSet }: LockAction,
  settle: Done,
): void {
  const entityIds = lockSet.map(entityIdText);
  course.locked = entityIds;
  const id = course.timeline.ask({ kind: "lock", entityIds });
  course.timeline.onAnswer(id, () => {
    settle(false);
  });
}
