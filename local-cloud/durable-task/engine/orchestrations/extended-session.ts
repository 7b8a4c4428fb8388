/**
 * An orchestrator function that is kept where it stands, so that the next event costs no replay of all that came before
 * (the real host calls this an extended session; https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-perf-and-scale).
 *
 * The executor of the client library is a fold over the events of the history, one after another, and what it has come
 * to can be read from it. It is given the events that it has not seen, in the order in which a replay would meet them.
 *
 * X1. A session is only a shortcut to what the function asks for next. Whatever ends an execution is found by a complete
 *     replay: nobody is told a result, an error or a new execution that was not replayed from the history at least once.
 *     So an orchestrator that is not deterministic is found here too, as on the real host, at its end if not before.
 * X2. This file alone knows the executor of durable-functions 3.5. One of another shape gives no session.
 */
import type { ResumableInvocation } from "../../../functions-host/core/extension";
import type { Action, OrchestratorState } from "../../replay/actions";
import {
  EventType,
  type HistoryEvent,
  serializeForLibrary,
} from "../../model/history-event";
import type { Replayer } from "../../replay/replayer";

/** `TaskOrchestrationExecutor`, as far as it is used. */
interface Executor {
  readonly actions: readonly Action[];
  _isReplaying: boolean;
  processEvent(event: object): void;
  isDoneExecuting(): boolean;
}

/** `DurableOrchestrationContext`, as far as it is used. */
interface OrchestrationContext {
  readonly taskOrchestratorExecutor: Executor;
  readonly customStatus: unknown;
}

export class ExtendedSession {
  /** Goes through the events side by side with the executor. */
  readonly replayer: Replayer;
  readonly #kept: ResumableInvocation;
  readonly #context: OrchestrationContext;
  /** How many events of the history the executor has seen. */
  #seen: number;

  private constructor(
    kept: ResumableInvocation,
    context: OrchestrationContext,
    seen: number,
    walker: Replayer,
  ) {
    this.replayer = walker;
    this.#kept = kept;
    this.#context = context;
    this.#seen = seen;
  }

  /**
   * A session of a function that has just been run over `seen` events, as `walker` will be; undefined when it cannot go
   * on from there.
   */
  static create(
    kept: ResumableInvocation | undefined,
    seen: number,
    walker: Replayer,
  ): ExtendedSession | undefined {
    const context = kept && orchestrationContextOf(kept.context);
    return context && !context.taskOrchestratorExecutor.isDoneExecuting()
      ? new ExtendedSession(kept, context, seen, walker)
      : undefined;
  }

  /**
   * Gives the executor what it has not seen of the history, and what has arrived. Undefined when the function has come
   * to an end by it, or the executor to its wits': then a replay is due, and the session is over.
   */
  advance(
    history: readonly HistoryEvent[],
    arrived: readonly HistoryEvent[],
  ): OrchestratorState | undefined {
    const events = [...history.slice(this.#seen), ...arrived];
    this.#seen = history.length + arrived.length;
    const { taskOrchestratorExecutor: executor } = this.#context;
    try {
      this.#kept.resume(() => {
        for (const event of events) {
          executor._isReplaying = false;
          executor.processEvent(asRead(event));
          if (executor.isDoneExecuting()) break;
          this.replayer.followEvent(event, executor.actions);
        }
      });
    } catch {
      return undefined; // the replay will meet the same, and its error is told
    }
    if (executor.isDoneExecuting()) return undefined;
    const { customStatus } = this.#context;
    return {
      isDone: false,
      actions: [executor.actions],
      // The library tells of none that is falsy.
      ...(Boolean(customStatus) && { customStatus }),
    };
  }
}

/**
 * The event as the library makes it of the trigger's text, which tells of times only when an episode begins. It is the
 * function's own: what it does with the properties of a failure does not change the history.
 */
function asRead(event: HistoryEvent): object {
  if (event.EventType === EventType.OrchestratorStarted)
    return { ...event, Timestamp: new Date(event.Timestamp) };
  return "FailureDetails" in event && event.FailureDetails !== null
    ? (JSON.parse(
        serializeForLibrary(event, false) ?? "{}",
        withDates,
      ) as object)
    : { ...event, IsPlayed: false };
}

/** The library makes a date of every text that is called `Timestamp`. */
const withDates = (key: string, value: unknown): unknown =>
  key === "Timestamp" && typeof value === "string" ? new Date(value) : value;

function orchestrationContextOf(
  context: unknown,
): OrchestrationContext | undefined {
  if (!isRecord(context)) return undefined;
  const { df } = context;
  if (!isRecord(df)) return undefined;
  const executor = df["taskOrchestratorExecutor"];
  const isKnown =
    isRecord(executor) &&
    Array.isArray(executor["actions"]) &&
    typeof executor["_isReplaying"] === "boolean" &&
    typeof executor["processEvent"] === "function" &&
    typeof executor["isDoneExecuting"] === "function";
  return isKnown ? (df as unknown as OrchestrationContext) : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
