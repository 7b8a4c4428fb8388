import type { OrchestrationHandler } from "durable-functions";
import { z } from "zod";
import { ExecutionHistory } from "../durable-task/replay/execution-history";
import {
  EventType,
  type HistoryEvent,
} from "../durable-task/model/history-event";
import type { RecordedEvent } from "../durable-task/engine/recorded-history";
import { defaultTimerLimits } from "../durable-task/replay/limits";
import { requestLabel } from "../durable-task/replay/task-request";
import {
  type ReplayResult,
  replayHistory,
} from "../durable-task/replay/replayer";
import {
  Orchestrator,
  createSilentContext,
} from "./durable-functions-internals";
import { TestKitError } from "./test-kit-error";

/**
 * Checks that an orchestrator schedules the tasks of a recorded history, so that instances that began with older code can
 * continue with this code. The history is that of `client.history` or `runOrchestrator`, or the `history` array of an
 * orchestration trigger on Azure. Throws `TestKitError` that names the first task that differs.
 */
export async function checkReplay(
  history: readonly RecordedEvent[],
  orchestrator: OrchestrationHandler,
): Promise<void> {
  const events = parseHistory(history);
  const run = await runOverHistory(events, orchestrator);
  const { ended, current } = splitEpisodes(events);
  const result = replayHistory(
    run.actions,
    ExecutionHistory.from(ended),
    current,
    { isFunctionFinished: run.isFinished, limits },
  );
  const difference =
    result.problem ??
    findUnrecordedTask(result, events) ??
    findOtherEnd(result, run, events);
  if (difference !== undefined)
    throw new TestKitError("replay_differs", difference);
}

/** The interval between polls of a durable HTTP call does not change its tasks. */
const limits = { ...defaultTimerLimits, httpSleepMs: 30_000 };

const historySchema = z
  .array(z.looseObject({ EventType: z.int(), Timestamp: z.string() }))
  .refine(
    (events) => findStart(events) !== undefined,
    "it has no ExecutionStarted event",
  );

const findStart = (
  events: readonly { readonly EventType: number }[],
): StartFields | undefined =>
  events.find(({ EventType: type }) => type === EventType.ExecutionStarted) as
    StartFields | undefined;

function parseHistory(
  history: readonly RecordedEvent[],
): readonly HistoryEvent[] {
  const { data, error } = historySchema.safeParse(history);
  if (data)
    return data.map((event) => ({
      EventId: -1,
      IsPlayed: true,
      ...event,
    })) as unknown as readonly HistoryEvent[];
  const [issue] = error.issues;
  throw new TestKitError(
    "history_invalid",
    `This is not the history of an orchestration: ${[...(issue?.path ?? []), issue?.message].join(" ")}. Pass the result of \`client.history(id)\`, whose events have a numeric EventType and a Timestamp.`,
  );
}

async function runOverHistory(
  events: readonly HistoryEvent[],
  handler: OrchestrationHandler,
) {
  const start = findStart(events);
  const orchestrator = new Orchestrator(handler);
  try {
    await orchestrator.handle(
      {
        ...toTriggerInput(start),
        ...triggerFields,
        history: structuredClone(events),
      },
      createSilentContext(start?.Name ?? ""),
    );
  } catch (error) {
    // An error of the orchestrator is part of its behaviour; any other error is a defect of the test kit.
    if (orchestrator.taskOrchestrationExecutor.exception === undefined)
      throw error;
  }
  const { actions, exception, orchestratorReturned, willContinueAsNew } =
    orchestrator.taskOrchestrationExecutor;
  const hasReturned = orchestratorReturned || willContinueAsNew;
  return {
    actions,
    exception,
    isFinished: hasReturned || exception !== undefined,
  };
}
type OrchestratorRun = Awaited<ReturnType<typeof runOverHistory>>;

const triggerFields = {
  isReplaying: true,
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 3,
  maximumShortTimerDuration: "6.00:00:00",
  longRunningTimerIntervalDuration: "3.00:00:00",
  defaultHttpAsyncRequestSleepTimeMillseconds: limits.httpSleepMs,
};

interface StartFields {
  readonly Name?: string;
  readonly Input?: string | null;
  readonly OrchestrationInstance?: { readonly InstanceId: string };
  readonly ParentInstance?: {
    readonly OrchestrationInstance: { readonly InstanceId: string };
  } | null;
}

function toTriggerInput(start: StartFields | undefined) {
  const input = start?.Input ?? null;
  return {
    input: input === null ? null : (JSON.parse(input) as unknown),
    instanceId: start?.OrchestrationInstance?.InstanceId ?? "",
    parentInstanceId:
      start?.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
  };
}

/** A task that the orchestrator schedules and that a complete history does not contain. */
function findUnrecordedTask(
  { newRequests }: ReplayResult,
  events: readonly HistoryEvent[],
): string | undefined {
  const [first] = newRequests;
  if (first === undefined || !isComplete(events)) return undefined;
  const { kind, name } = requestLabel(first.request);
  return `The orchestrator schedules a task that the history does not contain: ${kind}${name && ` with name '${name}'`} with sequence ID ${first.id}.`;
}

function findOtherEnd(
  { isOpen }: ReplayResult,
  { isFinished, exception }: OrchestratorRun,
  events: readonly HistoryEvent[],
): string | undefined {
  if (!isComplete(events)) return undefined;
  const hasCompleted = completionStatus(events) === "Completed";
  if (hasCompleted && exception)
    return `The orchestrator throws, but in the history it has returned: ${exception.message}`;
  if (hasCompleted && !isFinished)
    return "The orchestrator waits for another task, but in the history it has returned.";
  if (!hasCompleted && isFinished && !isOpen)
    return "The orchestrator ends, but in the history it is still waiting.";
  return undefined;
}

/** Whether the history contains every decision that follows from its events. False for a truncated history. */
function isComplete(events: readonly HistoryEvent[]): boolean {
  const end = completionStatus(events);
  if (end !== undefined) return end === "Completed";
  const isSuspended =
    lastIndexOfType(events, EventType.ExecutionSuspended) >
    lastIndexOfType(events, EventType.ExecutionResumed);
  return splitEpisodes(events).current.length === 0 && !isSuspended;
}

/** The events of the ended episodes and of the current one, with which the history of a trigger ends. */
function splitEpisodes(events: readonly HistoryEvent[]) {
  const startIndex = lastIndexOfType(events, EventType.OrchestratorStarted);
  const isOpen =
    lastIndexOfType(events, EventType.OrchestratorCompleted) < startIndex;
  const end = isOpen ? startIndex : events.length;
  return { ended: events.slice(0, end), current: events.slice(end) };
}

const lastIndexOfType = (
  events: readonly HistoryEvent[],
  type: number,
): number => events.findLastIndex((event) => event.EventType === type);

function completionStatus(events: readonly HistoryEvent[]) {
  const end = events.find(
    (event) => event.EventType === EventType.ExecutionCompleted,
  );
  return end?.OrchestrationStatus;
}
