/**
 * Keeps an orchestrator function in memory between two episodes, so that the next event needs no replay of the history. Azure
 * calls this an extended session: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-perf-and-scale
 *
 * The executor of the client library processes the history event by event, and its state can be read. A session passes it the
 * events that it has not processed, in the order of a replay.
 *
 * X1. A session only determines the next requests. The end of an execution is always determined by a complete replay of the
 *     history: its result, its error or its continue-as-new. A nondeterministic orchestrator is therefore detected at its end
 *     at the latest, as on Azure. The exception is a function that reads `isReplaying` for the first time in its last episode:
 *     a replay would run that code twice with the value false.
 * X2. A function that has read `isReplaying` has no session (see replay-flag.ts).
 * X3. Only this file depends on the executor of durable-functions 3.5. No session is created for an incompatible executor.
 */
import type { ResumableInvocation } from "../../../functions-host/core/extension";
import {
  EventType,
  type HistoryEvent,
  serializeForLibrary,
} from "../../model/history-event";
import type { Action, OrchestratorState } from "../../replay/actions";
import type { Replayer } from "../../replay/replayer";
import type { ReplayFlag } from "./replay-flag";

/** The used part of `TaskOrchestrationExecutor`. */
interface Executor {
  readonly actions: readonly Action[];
  readonly output: unknown;
  readonly exception: unknown;
  _isReplaying: boolean;
  processEvent(event: object): void;
  isDoneExecuting(): boolean;
}

/** The used part of `DurableOrchestrationContext`. */
interface OrchestrationContext {
  readonly taskOrchestratorExecutor: Executor;
  readonly customStatus: unknown;
}

export class ExtendedSession {
  /** Replays the same events as the executor. */
  readonly replayer: Replayer;
  readonly #invocation: ResumableInvocation;
  readonly #context: OrchestrationContext;
  /** Number of events of the history that the executor has processed. */
  #processed: number;
  readonly #replayFlag: Pick<ReplayFlag, "wasRead">;

  private constructor(
    invocation: ResumableInvocation,
    context: OrchestrationContext,
    processed: number,
    replayer: Replayer,
    replayFlag: Pick<ReplayFlag, "wasRead">,
  ) {
    this.replayer = replayer;
    this.#replayFlag = replayFlag;
    this.#invocation = invocation;
    this.#context = context;
    this.#processed = processed;
  }

  /** Creates a session for a function that has processed that number of events; undefined when the function cannot continue. */
  static create(
    invocation: ResumableInvocation | undefined,
    processed: number,
    replayer: Replayer,
    replayFlag: Pick<ReplayFlag, "wasRead">,
  ): ExtendedSession | undefined {
    if (invocation === undefined || replayFlag.wasRead) return undefined;
    const context = findOrchestrationContext(invocation.context);
    return context && !context.taskOrchestratorExecutor.isDoneExecuting()
      ? new ExtendedSession(
          invocation,
          context,
          processed,
          replayer,
          replayFlag,
        )
      : undefined;
  }

  get hasReadReplayFlag(): boolean {
    return this.#replayFlag.wasRead;
  }

  /**
   * Passes the unprocessed events of the history and the new events to the executor. Undefined when a replay is required: the
   * function or the executor has thrown, or the function has returned without reading `isReplaying` (X1).
   */
  advance(
    history: readonly HistoryEvent[],
    newEvents: readonly HistoryEvent[],
  ): OrchestratorState | undefined {
    const events = [...history.slice(this.#processed), ...newEvents];
    this.#processed = history.length + newEvents.length;
    const { taskOrchestratorExecutor: executor } = this.#context;
    try {
      this.#invocation.resume(() => {
        for (const event of events) {
          executor._isReplaying = false;
          executor.processEvent(toLibraryEvent(event));
          if (executor.isDoneExecuting()) break;
          this.replayer.followEvent(event, executor.actions);
        }
      });
    } catch {
      return undefined; // the replay throws the same error and reports it
    }
    const isDone = executor.isDoneExecuting();
    if (isDone && (!this.hasReadReplayFlag || executor.exception !== undefined))
      return undefined;
    const { customStatus } = this.#context;
    return {
      isDone,
      actions: [executor.actions],
      ...(isDone && { output: executor.output }),
      // The library omits a falsy status.
      ...(Boolean(customStatus) && { customStatus }),
    };
  }
}

/**
 * The event as parsed by the library. It is a copy where the function can change it: changes of a failure's properties must
 * not reach the history.
 */
function toLibraryEvent(event: HistoryEvent): object {
  if (event.EventType === EventType.OrchestratorStarted)
    return { ...event, Timestamp: new Date(event.Timestamp) };
  return "FailureDetails" in event && event.FailureDetails !== null
    ? (JSON.parse(
        serializeForLibrary(event, false) ?? "{}",
        reviveTimestamp,
      ) as object)
    : { ...event, IsPlayed: false };
}

/** The library converts all properties named `Timestamp`. */
const reviveTimestamp = (key: string, value: unknown): unknown =>
  key === "Timestamp" && typeof value === "string" ? new Date(value) : value;

function findOrchestrationContext(
  context: unknown,
): OrchestrationContext | undefined {
  if (!isRecord(context)) return undefined;
  const { df } = context;
  if (!isRecord(df)) return undefined;
  const executor = df["taskOrchestratorExecutor"];
  const isSupported =
    isRecord(executor) &&
    Array.isArray(executor["actions"]) &&
    typeof executor["_isReplaying"] === "boolean" &&
    typeof executor["processEvent"] === "function" &&
    typeof executor["isDoneExecuting"] === "function" &&
    "output" in executor &&
    "exception" in executor;
  return isSupported ? (df as unknown as OrchestrationContext) : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
