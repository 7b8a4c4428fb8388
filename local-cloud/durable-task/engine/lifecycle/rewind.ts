/**
 * Plans a rewind: resets a failed instance to its state before the failures that ended it, so that the failed tasks run again.
 *
 * R1. Completed tasks stay in the history and do not run again.
 * R2. A failure that the orchestration handled (by a retry or a `catch`) stays, with all events that followed from it.
 *     (Azure removes it, and the replay then does not match the remaining history.)
 * R3. A failed child orchestration is rewound too, and reports to the new execution of its parent.
 * R4. Tasks that were open when the instance failed are scheduled again, because they can no longer report to it.
 */
import {
  type DecisionEvent,
  EventType,
  type HistoryEvent,
  isDecisionEvent,
} from "../../model/history-event";
import type { Instance } from "../../model/instance";
import type { StoredEvent } from "../../model/stored-event";
import {
  findUncaughtFailures,
  type UncaughtFailures,
} from "./uncaught-failures";

export interface RewoundInstance {
  readonly instance: Instance;
  readonly history: readonly StoredEvent[];
}

export interface RewindContext {
  readonly now: number;
  readonly newId: () => string;
  readonly find: (instanceId: string) => Instance | undefined;
  readonly history: (instanceId: string) => readonly StoredEvent[];
}

/** The instance, preceded by its rewound children. */
export function planRewind(
  instance: Instance,
  context: RewindContext,
): readonly RewoundInstance[] {
  const history = context.history(instance.instanceId);
  const events = history.map(({ event }) => event);
  const uncaught = findUncaughtFailures(history);
  const rewound: Instance = {
    ...instance,
    executionId: context.newId(),
    status: "Running",
    output: null,
    failureDetails: null,
    updatedAt: context.now,
  };
  const children = findFailedChildren(rewound, events, uncaught, context);
  const rewoundTasks = new Set(
    children.flatMap(({ parent }) => parent?.taskScheduledId ?? []),
  );
  const isKept = createEventFilter(events, uncaught, rewoundTasks);
  return [
    ...children.flatMap((child) => planRewind(child, context)),
    {
      instance: rewound,
      history: history
        .filter(({ event }) => isKept(event))
        .map((stored) => withExecutionId(stored, rewound.executionId)),
    },
  ];
}

/** The failed children of `parent`, linked to its new execution. */
const findFailedChildren = (
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
    // A newer instance may have replaced the child under the same id.
    const isChild =
      child.parent.instanceId === parent.instanceId &&
      child.parent.taskScheduledId === event.EventId;
    const { executionId } = parent;
    return isChild
      ? [{ ...child, parent: { ...child.parent, executionId } }]
      : [];
  });

function createEventFilter(
  events: readonly HistoryEvent[],
  { failed, finalDecisions }: UncaughtFailures,
  rewoundTasks: ReadonlySet<number>,
): (event: HistoryEvent) => boolean {
  const settled = new Set(
    events.flatMap((event) =>
      "TaskScheduledId" in event ? event.TaskScheduledId : [],
    ),
  );
  const raised = new Set(
    events.flatMap((event) =>
      event.EventType === EventType.EventRaised ? event.Name : [],
    ),
  );
  const isOpen = (decision: DecisionEvent): boolean => {
    if (decision.EventType === EventType.EventSent) {
      const responseName = findResponseName(decision.Input);
      return responseName !== undefined && !raised.has(responseName);
    }
    return isTask(decision) && !settled.has(decision.EventId);
  };
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

/** Calls and lock requests have a response; signals and lock releases have none. */
function findResponseName(input: string): string | undefined {
  const { id, signal } = JSON.parse(input) as {
    readonly id?: string;
    readonly signal?: boolean;
  };
  return signal === true ? undefined : id;
}

function withExecutionId(
  stored: StoredEvent,
  ExecutionId: string,
): StoredEvent {
  const { event } = stored;
  if (event.EventType !== EventType.ExecutionStarted) return stored;
  const { InstanceId } = event.OrchestrationInstance;
  const started = {
    ...event,
    OrchestrationInstance: { InstanceId, ExecutionId },
  };
  return { ...stored, event: started };
}
