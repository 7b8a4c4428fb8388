/**
 * Compares what an orchestrator function asks for with what its history says it asked for.
 *
 * The function runs from its beginning in every episode and lists all it has asked for since. It lists nothing that it
 * has not reached, so everything listed is due, whether or not what stands before it has completed. Invariants:
 *
 * W1. The n-th listed action that takes an id has event id n; the client library counts the same way.
 * W2. A decision event in the history with that id confirms the action and must be of its kind and name.
 * W3. A decision event that no action confirms, or of another kind or name, is a change of the code: nondeterminism.
 * W4. An execution is open while activities, children or uncancelled timers have not settled; it cannot end before.
 */
import {
  type Action,
  ActionType,
  actionName,
  leaves,
  type NumberedAction,
} from "./actions";
import { EventType, type HistoryEvent, isDecision } from "./history-event";

export interface Walk {
  /** Listed for the first time: to be decided now. */
  readonly fresh: readonly {
    readonly id: number;
    readonly action: NumberedAction;
  }[];
  readonly isOpen: boolean;
  /** Ids of timers that need not fire any more. */
  readonly cancelledTimers: readonly number[];
  readonly continueAsNew: { readonly input: unknown } | undefined;
  /** Why the execution cannot go on, as a sentence. */
  readonly problem: string | undefined;
}

export function walk(
  actions: readonly Action[],
  history: readonly HistoryEvent[],
): Walk {
  const { scheduled, settled } = indexOf(history);
  const listed = leaves(actions);
  const numbered = listed.filter(takesId);
  const fresh = numbered
    .map((action, id) => ({ id, action }))
    .filter(({ id }) => !scheduled.has(id));
  const pending = numbered
    .map((action, id) => ({ id, action }))
    .filter(({ id }) => !settled.has(id));
  const last = listed.at(-1);
  return {
    fresh,
    isOpen: pending.some(({ action }) => holdsOpen(action)),
    cancelledTimers: pending
      .filter(({ action }) => isCancelledTimer(action))
      .map(({ id }) => id),
    continueAsNew:
      last?.actionType === ActionType.ContinueAsNew
        ? { input: last.input }
        : undefined,
    problem: unsupported(listed) ?? nondeterminism(scheduled, numbered),
  };
}

interface Scheduled {
  readonly kind: string;
  readonly name: string;
}

const kinds = new Map<number, string>([
  [EventType.TaskScheduled, "activity task"],
  [EventType.SubOrchestrationInstanceCreated, "sub-orchestration instance"],
  [EventType.TimerCreated, "timer task"],
  [EventType.EventSent, "message to an entity"],
]);

function indexOf(history: readonly HistoryEvent[]) {
  const scheduled = new Map<number, Scheduled>();
  const settled = new Set<number>();
  for (const event of history) {
    if (isDecision(event))
      scheduled.set(event.EventId, {
        kind: kinds.get(event.EventType) ?? "",
        name: "Name" in event ? event.Name : "",
      });
    else if ("TaskScheduledId" in event) settled.add(event.TaskScheduledId);
    else if ("TimerId" in event) settled.add(event.TimerId);
  }
  return { scheduled, settled };
}

const takesId = (action: Action): action is NumberedAction =>
  action.actionType === ActionType.CallActivity ||
  action.actionType === ActionType.CallSubOrchestrator ||
  action.actionType === ActionType.CreateTimer ||
  action.actionType === ActionType.CallEntity ||
  action.actionType === ActionType.SignalEntity;

const isCancelledTimer = (action: NumberedAction): boolean =>
  action.actionType === ActionType.CreateTimer && action.isCanceled;

const holdsOpen = (action: NumberedAction): boolean =>
  action.actionType === ActionType.CallActivity ||
  action.actionType === ActionType.CallSubOrchestrator ||
  (action.actionType === ActionType.CreateTimer && !action.isCanceled);

function unsupported(listed: readonly Action[]): string | undefined {
  const action = listed.find(
    (candidate) =>
      !takesId(candidate) &&
      candidate.actionType !== ActionType.ContinueAsNew &&
      candidate.actionType !== ActionType.WaitForExternalEvent,
  );
  return (
    action &&
    `The embedded task hub does not support ${actionName(action)} yet.`
  );
}

function expected(action: NumberedAction): Scheduled {
  switch (action.actionType) {
    case ActionType.CallActivity:
      return { kind: "activity task", name: action.functionName };
    case ActionType.CallSubOrchestrator:
      return { kind: "sub-orchestration instance", name: action.functionName };
    case ActionType.CreateTimer:
      return { kind: "timer task", name: "" };
    case ActionType.CallEntity:
    case ActionType.SignalEntity:
      return { kind: "message to an entity", name: "op" };
  }
}

function nondeterminism(
  scheduled: ReadonlyMap<number, Scheduled>,
  numbered: readonly NumberedAction[],
): string | undefined {
  for (const [id, before] of scheduled) {
    const action = numbered[id];
    const now = action && expected(action);
    if (now?.kind === before.kind && now.name === before.name) continue;
    const instead = now
      ? `the current replay schedules a ${describe(now)} there`
      : "the current replay execution hasn't (yet?) scheduled this task";
    return (
      `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled a ${describe(before)} ` +
      `with sequence ID ${id}, but ${instead}. Was the orchestrator's code changed while this instance was running?`
    );
  }
  return undefined;
}

const describe = ({ kind, name }: Scheduled): string =>
  name === "" ? kind : `${kind} with name '${name}'`;
