/**
 * Takes a failed instance back to before the failures that ended it, so that what failed is tried again.
 *
 * R1. What has succeeded stays: it is not run a second time.
 * R2. A failure that the orchestration went on from (a retry, a `catch`) stays as well, with all that it led to. (The
 *     real host drops it, and the replay then no longer matches the history that is left.)
 * R3. A failed child is rewound too, and reports to its parent's new execution.
 * R4. What was still open when the instance failed can no longer report to it, so it is asked for again.
 */
import {
  type DecisionEvent,
  EventType,
  type HistoryEvent,
  isDecisionEvent,
} from "../../model/history-event";
import type { Instance } from "../../model/instance";
import type { StoredEvent } from "../../store/task-hub-store";
import {
  type UncaughtFailures,
  findUncaughtFailures,
} from "./uncaught-failures";

export interface RewoundInstance {
  readonly instance: Instance;
  readonly history: readonly StoredEvent[];
}

/** What a rewind needs of the world. */
export interface RewindContext {
  readonly now: number;
  readonly newId: () => string;
  readonly find: (instanceId: string) => Instance | undefined;
  readonly history: (instanceId: string) => readonly StoredEvent[];
}

/** The instance, and before it the children that are rewound with it. */
export function planRewind(
  instance: Instance,
  world: RewindContext,
): readonly RewoundInstance[] {
  const history = world.history(instance.instanceId);
  const events = history.map(({ event }) => event);
  const uncaught = findUncaughtFailures(history);
  const again: Instance = {
    ...instance,
    executionId: world.newId(),
    status: "Running",
    output: null,
    failureDetails: null,
    updatedAt: world.now,
  };
  const children = failedChildren(again, events, uncaught, world);
  const rewoundTasks = new Set(
    children.flatMap(({ parent }) => parent?.taskScheduledId ?? []),
  );
  const isKept = keeps(events, uncaught, rewoundTasks);
  return [
    ...children.flatMap((child) => planRewind(child, world)),
    {
      instance: again,
      history: history
        .filter(({ event }) => isKept(event))
        .map((stored) => inExecution(stored, again.executionId)),
    },
  ];
}

/** The failed children of `parent`, linked to its new execution. */
const failedChildren = (
  parent: Instance,
  events: readonly HistoryEvent[],
  { failed }: UncaughtFailures,
  { find }: RewindContext,
): readonly Instance[] =>
  events.flatMap((event) => {
    if (event.EventType !== EventType.SubOrchestrationInstanceCreated)
      return [];
    const child = failed.has(event.EventId)
      ? find(event.InstanceId)
      : undefined;
    if (child?.status !== "Failed" || child.parent === null) return [];
    // Another instance may have been started under the child's id since.
    const isOurs =
      child.parent.instanceId === parent.instanceId &&
      child.parent.taskScheduledId === event.EventId;
    const { executionId } = parent;
    return isOurs
      ? [{ ...child, parent: { ...child.parent, executionId } }]
      : [];
  });

/** Which events stay. */
function keeps(
  events: readonly HistoryEvent[],
  { failed, finalDecisions }: UncaughtFailures,
  rewoundTasks: ReadonlySet<number>,
): (event: HistoryEvent) => boolean {
  const settled = new Set(events.flatMap(taskOf));
  const raised = new Set(events.flatMap(eventName));
  const isOpen = (decision: DecisionEvent): boolean =>
    decision.EventType === EventType.EventSent
      ? asksForAnswer(decision.Input) && !raised.has(requestId(decision.Input))
      : isTask(decision) && !settled.has(decision.EventId);
  return (event) => {
    if (event.EventType === EventType.ExecutionCompleted) return false;
    if ("TimerId" in event) return !finalDecisions.has(event.TimerId);
    if ("TaskScheduledId" in event) return !failed.has(event.TaskScheduledId);
    if (!isDecisionEvent(event) || rewoundTasks.has(event.EventId)) return true;
    const isUndone =
      failed.has(event.EventId) || finalDecisions.has(event.EventId);
    return !isUndone && !isOpen(event);
  };
}

const isTask = ({ EventType: type }: DecisionEvent): boolean =>
  type === EventType.TaskScheduled ||
  type === EventType.SubOrchestrationInstanceCreated;

const taskOf = (event: HistoryEvent): number[] =>
  "TaskScheduledId" in event ? [event.TaskScheduledId] : [];

const eventName = (event: HistoryEvent): string[] =>
  event.EventType === EventType.EventRaised ? [event.Name] : [];

interface SentMessage {
  readonly id?: string;
  readonly signal?: boolean;
}
const requestId = (input: string): string =>
  (JSON.parse(input) as SentMessage).id ?? "";
/** Calls and requests for a lock do; signals and releases do not. */
const asksForAnswer = (input: string): boolean => {
  const { id, signal } = JSON.parse(input) as SentMessage;
  return id !== undefined && signal !== true;
};

function inExecution(stored: StoredEvent, ExecutionId: string): StoredEvent {
  const { event } = stored;
  if (event.EventType !== EventType.ExecutionStarted) return stored;
  const { InstanceId } = event.OrchestrationInstance;
  const started = {
    ...event,
    OrchestrationInstance: { InstanceId, ExecutionId },
  };
  return { ...stored, event: started };
}
