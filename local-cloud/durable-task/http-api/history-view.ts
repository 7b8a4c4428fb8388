import { EventType, type HistoryEvent } from "../model/history-event";
import type { Instance } from "../model/instance";
import type { StoredEvent } from "../store/task-hub-store";
import { parseStoredJson } from "./instance-view";

export interface HistoryOptions {
  readonly showInput: boolean;
  /** Whether results are shown. */
  readonly showHistoryOutput: boolean;
}

type View = Readonly<Record<string, unknown>>;
type Completion = Extract<HistoryEvent, { readonly TaskScheduledId: number }>;

const names = new Map<number, string>(
  Object.entries(EventType).map(([name, type]) => [type, name]),
);

/**
 * A history as the extension's HTTP API shows it: what was scheduled is told with what came of it, and only what is
 * still open stands alone.
 */
export function toHistoryView(
  { input, name }: Pick<Instance, "input" | "name">,
  history: readonly StoredEvent[],
  options: HistoryOptions,
): readonly View[] {
  const scheduled = new Map(history.flatMap(scheduledTask));
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
          ...head(event),
          FunctionName: name,
          ...(options.showInput && { Input: parseStoredJson(input) }),
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

const scheduledTask = (stored: StoredEvent): [number, StoredEvent][] =>
  isTask(stored.event) ? [[stored.event.EventId, stored]] : [];

const head = ({ EventType: type, Timestamp }: HistoryEvent) => ({
  EventType: names.get(type) ?? String(type),
  Timestamp,
});

/** The client library makes JSON text of an activity's input and sends that as a string. */
function inputOf({ input }: StoredEvent, { showInput }: HistoryOptions): View {
  if (!showInput || input === null) return {};
  const sent = parseStoredJson(input);
  return { Input: typeof sent === "string" ? parseStoredJson(sent) : sent };
}

const taskView = (stored: StoredEvent, options: HistoryOptions): View => ({
  ...head(stored.event),
  FunctionName: "Name" in stored.event ? stored.event.Name : "",
  ...("InstanceId" in stored.event && { InstanceId: stored.event.InstanceId }),
  ...inputOf(stored, options),
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
    ...head(event),
    ...(task && { ScheduledTime, FunctionName }),
    ...outcome(event, options),
  };
}

const outcome = (
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

/** All other events have their own fields, texts of JSON as what they say. */
function otherView(event: HistoryEvent, options: HistoryOptions): View {
  const fields: Record<string, unknown> = { ...event, ...head(event) };
  delete fields["EventId"];
  delete fields["TimerId"];
  if (typeof fields["Input"] === "string")
    fields["Input"] = parseStoredJson(fields["Input"]);
  if ("Result" in event)
    if (options.showHistoryOutput)
      fields["Result"] = parseStoredJson(event.Result);
    else delete fields["Result"];
  return fields;
}
