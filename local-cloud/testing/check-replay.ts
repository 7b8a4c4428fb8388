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
 * Checks that an orchestrator still asks for what a recorded history says it asked for, so that instances which began
 * with older code can go on with this. The history is one of `client.history`, of `runOrchestrator`, or the `history`
 * array of an orchestration trigger on Azure. Throws `TestKitError` that names the first step that differs.
 */
export async function checkReplay(
  history: readonly RecordedEvent[],
  orchestrator: OrchestrationHandler,
): Promise<void> {
  const events = checked(history);
  const run = await replayed(events, orchestrator);
  const { past, arrived } = parted(events);
  const walked = replayHistory(
    run.actions,
    ExecutionHistory.from(past),
    arrived,
    {
      isOver: run.isOver,
      limits,
    },
  );
  const difference =
    walked.problem ??
    unrecorded(walked, events) ??
    otherEnd(walked, run, events);
  if (difference !== undefined)
    throw new TestKitError("replay_differs", difference);
}

/** How long a durable HTTP call sleeps between polls does not change what it asks for. */
const limits = { ...defaultTimerLimits, httpSleepMs: 30_000 };

const historySchema = z
  .array(z.looseObject({ EventType: z.int(), Timestamp: z.string() }))
  .refine((events) => startOf(events) !== undefined, "it has no start");

const startOf = (
  events: readonly { readonly EventType: number }[],
): StartFields | undefined =>
  events.find(({ EventType: type }) => type === EventType.ExecutionStarted) as
    StartFields | undefined;

function checked(history: readonly RecordedEvent[]): readonly HistoryEvent[] {
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
    `This is no history of an orchestration: ${[...(issue?.path ?? []), issue?.message].join(" ")}. Take that of \`client.history(id)\`, whose events have an EventType, which is a number, and a Timestamp.`,
  );
}

async function replayed(
  events: readonly HistoryEvent[],
  handler: OrchestrationHandler,
) {
  const start = startOf(events);
  const orchestrator = new Orchestrator(handler);
  try {
    await orchestrator.handle(
      { ...identity(start), ...schema, history: structuredClone(events) },
      createSilentContext(start?.Name ?? ""),
    );
  } catch (error) {
    // What the orchestrator throws is part of what it does; anything else is a fault of ours.
    if (orchestrator.taskOrchestrationExecutor.exception === undefined)
      throw error;
  }
  const { actions, exception, orchestratorReturned, willContinueAsNew } =
    orchestrator.taskOrchestrationExecutor;
  const hasReturned = orchestratorReturned || willContinueAsNew;
  return { actions, exception, isOver: hasReturned || exception !== undefined };
}
type Run = Awaited<ReturnType<typeof replayed>>;

const schema = {
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

function identity(start: StartFields | undefined) {
  const input = start?.Input ?? null;
  return {
    input: input === null ? null : (JSON.parse(input) as unknown),
    instanceId: start?.OrchestrationInstance?.InstanceId ?? "",
    parentInstanceId:
      start?.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
  };
}

/** A step that the orchestrator asks for and that the history, which is complete, does not have. */
function unrecorded(
  { newRequests }: ReplayResult,
  events: readonly HistoryEvent[],
): string | undefined {
  const [first] = newRequests;
  if (first === undefined || !isComplete(events)) return undefined;
  const { kind, name } = requestLabel(first.request);
  return `The orchestrator asks for more than the history has: ${kind}${name && ` with name '${name}'`} with sequence ID ${first.id}.`;
}

function otherEnd(
  { isOpen }: ReplayResult,
  { isOver, exception }: Run,
  events: readonly HistoryEvent[],
): string | undefined {
  if (!isComplete(events)) return undefined;
  const hasCompleted = endOf(events) === "Completed";
  if (hasCompleted && exception)
    return `The orchestrator throws where the history says that it returned: ${exception.message}`;
  if (hasCompleted && !isOver)
    return "The orchestrator waits for something more where the history says that it returned.";
  if (!hasCompleted && isOver && !isOpen)
    return "The orchestrator ends where the history says that it waited.";
  return undefined;
}

/** Whether every decision that follows from the history is in it. That is not so where it was broken off. */
function isComplete(events: readonly HistoryEvent[]): boolean {
  const end = endOf(events);
  if (end !== undefined) return end === "Completed";
  const isSuspended =
    last(events, EventType.ExecutionSuspended) >
    last(events, EventType.ExecutionResumed);
  return parted(events).arrived.length === 0 && !isSuspended;
}

/** The episodes that have ended, and the one that has only begun: a trigger's history ends with one. */
function parted(events: readonly HistoryEvent[]) {
  const begun = last(events, EventType.OrchestratorStarted);
  const isOpen = last(events, EventType.OrchestratorCompleted) < begun;
  const end = isOpen ? begun : events.length;
  return { past: events.slice(0, end), arrived: events.slice(end) };
}

const last = (events: readonly HistoryEvent[], type: number): number =>
  events.findLastIndex((event) => event.EventType === type);

function endOf(events: readonly HistoryEvent[]) {
  const end = events.find(
    (event) => event.EventType === EventType.ExecutionCompleted,
  );
  return end?.OrchestrationStatus;
}
