/**
 * Runs one orchestration episode by episode, in memory: `startEpisode`, the executor of the client library and
 * `completeEpisode`. The test decides which messages each episode receives, and which episodes are lost; neither is possible
 * with a task hub. Each episode runs as a replay and in an extended session, and both results must be equal.
 */
import type { OrchestrationContext, Task } from "durable-functions";
import type { OrchestratorState } from "../../../durable-task/replay/actions";
import { ExtendedSession } from "../../../durable-task/engine/orchestrations/extended-session";
import { ExecutionHistory } from "../../../durable-task/replay/execution-history";
import type { EpisodeContext } from "../../../durable-task/replay/decision";
import {
  completeEpisode,
  completeEpisodeWithoutRun,
} from "../../../durable-task/replay/complete-episode";
import {
  EventType,
  type MessageEvent,
} from "../../../durable-task/model/history-event";
import {
  isInstanceEnded,
  type Instance,
  createPendingInstance,
} from "../../../durable-task/model/instance";
import {
  isOrchestrationMessage,
  type OrchestrationMessage,
  createStartMessage,
} from "../../../durable-task/model/hub-message";
import { serializeOrchestrationTrigger } from "../../../durable-task/replay/orchestration-trigger";
import {
  startEpisode,
  type EpisodeStart,
} from "../../../durable-task/replay/start-episode";
import type { EpisodeResult } from "../../../durable-task/replay/episode-result";
import { Replayer } from "../../../durable-task/replay/replayer";
import {
  createSilentContext,
  Orchestrator,
} from "../../../testing/durable-functions-internals";
import { testLimits } from "./replay-limits";

export type TestOrchestration = (
  context: OrchestrationContext,
) => Generator<Task, unknown, unknown>;

/** Returns the events that answer the requests of an episode. */
export type TaskResponder = (result: EpisodeResult) => readonly MessageEvent[];

/** An episode that replayed the whole history. */
interface Replay {
  readonly start: EpisodeStart;
  readonly state: OrchestratorState | undefined;
  readonly context: unknown;
  readonly replayer: Replayer;
  /** Number of ids that had been assigned before the episode. */
  readonly idsBefore: number;
}

export class EpisodeHarness {
  /** Number of episodes that an extended session has run. */
  sessionEpisodes = 0;
  instance: Instance;
  history = new ExecutionHistory();
  /** Messages that the orchestration has not received, in no particular order. */
  pending: OrchestrationMessage[];
  now = Date.UTC(2026, 0, 1);
  readonly #orchestrator: InstanceType<typeof Orchestrator>;
  readonly #respond: TaskResponder;
  #session: ExtendedSession | undefined;
  /** Timers that the session has reported as cancelled. It reports each once, and a replay reports it in every episode. */
  #cancelledTimers = new Set<number>();
  #assignedIds = 0;

  constructor(
    orchestration: TestOrchestration,
    input: unknown,
    respond: TaskResponder,
  ) {
    this.#orchestrator = new Orchestrator(orchestration);
    this.#respond = respond;
    this.instance = createPendingInstance(
      {
        instanceId: "tested",
        executionId: "execution",
        name: "tested",
        version: "",
        input: JSON.stringify(input),
        parent: null,
      },
      this.now,
    );
    this.pending = [createStartMessage(this.instance)];
  }

  get hasEnded(): boolean {
    return isInstanceEnded(this.instance);
  }

  raise(Name: string, data: unknown): void {
    const event = {
      EventType: EventType.EventRaised,
      Name,
      Input: JSON.stringify(data),
    };
    this.pending.push({ executionId: null, event });
  }

  /** Runs an episode and discards its result, like a hub that crashes before the commit. */
  async loseEpisode(messages: readonly OrchestrationMessage[]): Promise<void> {
    await this.#replay(messages);
  }

  /** Ends the extended session, like a hub whose session has been idle for too long. */
  dropSession(): void {
    this.#session = undefined;
  }

  /** Runs an episode with these messages and applies its result. */
  async deliver(messages: readonly OrchestrationMessage[]): Promise<void> {
    const { result: replayed, replay } = await this.#replay(messages);
    const result = replay ? this.#runInSession(replayed, replay) : replayed;
    if (result.continuesAsNew) this.dropSession();
    this.pending = this.pending.filter(
      (message) => !messages.includes(message),
    );
    this.instance = result.instance;
    if (result.continuesAsNew) this.history = new ExecutionHistory();
    else this.history.append(result.events);
    const last = this.history.events.at(-1)?.Timestamp;
    if (last) this.now = Math.max(this.now, Date.parse(last));
    const { executionId } = this.instance;
    for (const event of this.#respond(result))
      this.pending.push({ executionId, event });
    for (const { to, message } of result.outgoing)
      if (to === "tested" && isOrchestrationMessage(message))
        this.pending.push(message);
  }

  async #replay(messages: readonly OrchestrationMessage[]): Promise<{
    readonly result: EpisodeResult;
    readonly replay?: Replay;
  }> {
    const deliveries = messages.map((message) => ({ inboxId: null, message }));
    const start = startEpisode(
      this.instance,
      this.history,
      deliveries,
      this.now,
    );
    if (start.next !== "run")
      return { result: completeEpisodeWithoutRun(start, this.history) };
    const { outcome, context } = await this.#runOrchestrator(start);
    const replayer = new Replayer(this.history, testLimits);
    const idsBefore = this.#assignedIds;
    const result = completeEpisode(
      start,
      this.history,
      outcome,
      this.#createContext(idsBefore),
      replayer,
    );
    const state = outcome.ok
      ? (outcome.result as OrchestratorState)
      : undefined;
    return { result, replay: { start, state, context, replayer, idsBefore } };
  }

  async #runOrchestrator(start: EpisodeStart) {
    const trigger = JSON.parse(
      serializeOrchestrationTrigger(
        start,
        this.history.serializedEvents,
        testLimits,
      ),
    ) as object;
    const context = createSilentContext("tested");
    try {
      const result = await this.#orchestrator.handle(trigger, context);
      return {
        context,
        outcome: { ok: true as const, returnValue: undefined, result },
      };
    } catch (error) {
      const { message } = error as Error;
      return { context, outcome: { ok: false as const, message, stack: "" } };
    }
  }

  /** Runs the episode in the session, too. Without a session, the replay creates one. */
  #runInSession(
    replayed: EpisodeResult,
    { start, state, context, replayer, idsBefore }: Replay,
  ): EpisodeResult {
    const { newEvents } = start;
    const sessionState = this.#session?.advance(this.history.events, newEvents);
    if (this.#session && sessionState) {
      this.sessionEpisodes += 1;
      expect(JSON.stringify(sessionState)).toBe(
        JSON.stringify({ ...state, schemaVersion: undefined }),
      );
      const result = completeEpisode(
        start,
        this.history,
        { ok: true, returnValue: undefined, result: sessionState },
        this.#createContext(idsBefore),
        this.#session.replayer,
      );
      this.#expectSameResult(result, replayed);
      return result;
    }
    if (this.#session) expect(state?.isDone ?? true).toBe(true);
    const invocation = {
      context,
      resume: <Result>(work: () => Result) => work(),
    };
    const processed = this.history.events.length + newEvents.length;
    this.#session = ExtendedSession.create(invocation, processed, replayer, {
      wasRead: false,
    });
    this.#cancelledTimers = new Set(replayed.cancelledTimers);
    return replayed;
  }

  #expectSameResult(inSession: EpisodeResult, replayed: EpisodeResult): void {
    const { cancelledTimers } = replayed;
    for (const id of inSession.cancelledTimers) this.#cancelledTimers.add(id);
    expect(
      cancelledTimers.filter((id) => !this.#cancelledTimers.has(id)),
    ).toEqual([]);
    expect(
      inSession.cancelledTimers.filter((id) => !cancelledTimers.includes(id)),
    ).toEqual([]);
    expect({ ...inSession, cancelledTimers }).toEqual(replayed);
  }

  #createContext(idsBefore: number): EpisodeContext {
    let ids = idsBefore;
    return {
      newId: () => `id-${(this.#assignedIds = ids += 1)}`,
      functions: {
        orchestrator: ["tested", "child"],
        activity: ["act"],
        entity: ["counter"],
      },
      defaultVersion: "",
      limits: testLimits,
      maxActions: 1000,
      maxPayloadBytes: 100_000,
    };
  }
}
