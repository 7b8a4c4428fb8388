import { EventType, type HistoryEvent } from "../model/history-event";
import type { Instance } from "../model/instance";
import type { StoredEvent } from "../model/stored-event";
import { parseStoredJson } from "./instance-view";

export interface HistoryOptions {
  readonly showInput: boolean;
  /** Whether the history has the inputs of tasks: `storeInputsInOrchestrationHistory` of host.json. */
  readonly hasTaskInputs: boolean;
  /** Include results. */
  readonly showHistoryOutput: boolean;
}

type View = Readonly<Record<string, unknown>>;
type Completion = Extract<HistoryEvent, { readonly TaskScheduledId: number }>;

const typeNames = new Map<number, string>(
  Object.entries(EventType).map(([name, type]) => [type, name]),
);

/**
 * A history in the response format of the Durable Task extension: a settled task is one entry with the fields of its scheduled
 * and its completed event. Only open tasks have a scheduled entry.
 */
export function toHistoryView(
  { input, name }: Pick<Instance, "input" | "name">,
  history: readonly StoredEvent[],
  options: HistoryOptions,
): readonly View[] {
  const scheduled = new Map(history.flatMap(taskEntry));
  const settled = new Set(
    history.flatMap(({ event }) =>
      "TaskScheduledId" in event ? [event.TaskScheduledId] : [],
    ),
  );
  return history.flatMap((stored) => {
    const { event } = stored;
    if (isHidden(event)) return [];
    if (isTask(event))
      return settled.has(event.EventId) ? [] : [taskView(stored, options)];
    if ("TaskScheduledId" in event)
      return [
        completionView(event, scheduled.get(event.TaskScheduledId), options),
      ];
    if (event.EventType === EventType.ExecutionStarted)
      return [
        {
          ...commonFields(event),
          FunctionName: name,
          ...(options.showInput && { Input: input ?? "null" }),
        },
      ];
    return [otherView(event, options)];
  });
}

const isHidden = ({ EventType: type }: HistoryEvent): boolean =>
  type === EventType.OrchestratorStarted ||
  type === EventType.OrchestratorCompleted;

type Task = Extract<
  HistoryEvent,
  {
    readonly EventType:
      | typeof EventType.TaskScheduled
      | typeof EventType.SubOrchestrationInstanceCreated;
  }
>;
const isTask = (event: HistoryEvent): event is Task =>
  event.EventType === EventType.TaskScheduled ||
  event.EventType === EventType.SubOrchestrationInstanceCreated;

const taskEntry = (stored: StoredEvent): [number, StoredEvent][] =>
  isTask(stored.event) ? [[stored.event.EventId, stored]] : [];

const commonFields = ({ EventType: type, Timestamp }: HistoryEvent) => ({
  EventType: typeNames.get(type) ?? String(type),
  Timestamp,
});

/** An input is JSON text. The client library sends an activity's input as a string of JSON text. */
function inputFields(
  { input }: StoredEvent,
  { showInput, hasTaskInputs }: HistoryOptions,
): View {
  if (!showInput) return {};
  const value = hasTaskInputs ? parseStoredJson(input) : null;
  return { Input: typeof value === "string" ? value : value && input };
}

const taskView = (stored: StoredEvent, options: HistoryOptions): View => ({
  ...commonFields(stored.event),
  FunctionName: "Name" in stored.event ? stored.event.Name : "",
  ...("InstanceId" in stored.event && { InstanceId: stored.event.InstanceId }),
  ...inputFields(stored, options),
});

function completionView(
  event: Completion,
  task: StoredEvent | undefined,
  options: HistoryOptions,
): View {
  const {
    Timestamp: ScheduledTime,
    FunctionName,
    ...more
  } = task ? taskView(task, options) : {};
  return {
    ...more,
    ...commonFields(event),
    ...(task && { ScheduledTime, FunctionName }),
    ...outcomeFields(event, options),
  };
}

const outcomeFields = (
  event: Completion,
  { showHistoryOutput }: HistoryOptions,
): View =>
  "Reason" in event
    ? {
        Reason: event.Reason,
        Details: event.Details,
        FailureDetails: event.FailureDetails,
      }
    : showHistoryOutput
      ? { Result: parseStoredJson(event.Result) }
      : {};

/** Other events keep their own fields; a result is parsed, an input stays JSON text. */
function otherView(event: HistoryEvent, options: HistoryOptions): View {
  const fields: Record<string, unknown> = { ...event, ...commonFields(event) };
  delete fields["EventId"];
  delete fields["TimerId"];
  if ("Result" in event)
    if (options.showHistoryOutput)
      fields["Result"] = parseStoredJson(event.Result);
    else delete fields["Result"];
  return fields;
}
