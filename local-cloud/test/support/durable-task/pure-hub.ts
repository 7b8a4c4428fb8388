/** One orchestration run by the pure halves of the episode and by the client library's own executor: a hub without disk or clock. */
import { InvocationContext } from "@azure/functions";
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

interface Internals {
  readonly Orchestrator: new (handler: unknown) => {
    handle(trigger: object, context: InvocationContext): Promise<object>;
  };
}
const { Orchestrator } = jest.requireActual<Internals>(
  "durable-functions/lib/src/orchestrations/Orchestrator",
);

export type TestOrchestration = (
  context: OrchestrationContext,
) => Generator<Task, unknown, unknown>;

const day = 86_400_000;
export const testLimits = {
  maximumTimerMs: 6 * day,
  timerIntervalMs: 3 * day,
  httpSleepMs: 30_000,
};

/** What comes of something that was asked for: the event, without being delivered yet. */
export type TaskResponder = (turn: EpisodeResult) => readonly MessageEvent[];

/** What the client library has made of a whole history, and what a hub makes of that. */
interface Replay {
  readonly opening: EpisodeStart;
  readonly state: OrchestratorState | undefined;
  readonly context: unknown;
  readonly walker: Replayer;
  /** How many ids had been given out before. */
  readonly idsBefore: number;
}

export class PureHub {
  /** How many turns an extended session has played. */
  sessionTurns = 0;
  instance: Instance;
  history = new ExecutionHistory();
  /** Messages on their way to the orchestration, in no order. */
  pending: OrchestrationMessage[];
  now = Date.UTC(2026, 0, 1);
  readonly #handler: InstanceType<Internals["Orchestrator"]>;
  readonly #answer: TaskResponder;
  #session: ExtendedSession | undefined;
  /** Timers that the session has said are cancelled: it says so once, a replay in every turn. */
  #cancelled = new Set<number>();
  #ids = 0;

  constructor(
    orchestration: TestOrchestration,
    input: unknown,
    answer: TaskResponder,
  ) {
    this.#handler = new Orchestrator(orchestration);
    this.#answer = answer;
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

  /** The turn that these messages lead to; nothing is taken over. */
  async turn(
    messages: readonly OrchestrationMessage[],
  ): Promise<EpisodeResult> {
    return (await this.#turn(messages)).turn;
  }

  async #turn(messages: readonly OrchestrationMessage[]): Promise<{
    readonly turn: EpisodeResult;
    readonly replay?: Replay;
  }> {
    const deliveries = messages.map((message) => ({ inboxId: null, message }));
    const opening = startEpisode(
      this.instance,
      this.history,
      deliveries,
      this.now,
    );
    if (opening.next !== "run")
      return { turn: completeEpisodeWithoutRun(opening, this.history) };
    const trigger = JSON.parse(
      serializeOrchestrationTrigger(
        opening,
        this.history.serializedEvents,
        testLimits,
      ),
    ) as object;
    const { outcome, context } = await this.#run(trigger);
    const walker = new Replayer(this.history, testLimits);
    const idsBefore = this.#ids;
    const turn = completeEpisode(
      opening,
      this.history,
      outcome,
      this.#world(),
      walker,
    );
    const state = outcome.ok
      ? (outcome.result as OrchestratorState)
      : undefined;
    return { turn, replay: { opening, state, context, walker, idsBefore } };
  }

  /** What a hub does with a session that has been asleep for too long. */
  dropSession(): void {
    this.#session = undefined;
  }

  /** The session's turn, which is the same as the replay's, as long as the function does not end. */
  #follow(
    turn: EpisodeResult,
    { opening, state, context, ...rest }: Replay,
  ): EpisodeResult {
    const { newEvents } = opening;
    const result = this.#session?.advance(this.history.events, newEvents);
    if (this.#session && result) {
      this.sessionTurns += 1;
      expect(JSON.stringify(result)).toBe(
        JSON.stringify({ ...state, schemaVersion: undefined }),
      );
      const played = completeEpisode(
        opening,
        this.history,
        { ok: true, returnValue: undefined, result },
        this.#world(rest.idsBefore),
        this.#session.replayer,
      );
      this.#expectSame(played, turn);
      return played;
    }
    if (this.#session) expect(state?.isDone ?? true).toBe(true);
    const kept = { context, resume: <Result>(work: () => Result) => work() };
    const seen = this.history.events.length + newEvents.length;
    this.#session = ExtendedSession.create(kept, seen, rest.walker);
    this.#cancelled = new Set(turn.cancelledTimers);
    return turn;
  }

  #expectSame(played: EpisodeResult, turn: EpisodeResult): void {
    for (const id of played.cancelledTimers) this.#cancelled.add(id);
    const { cancelledTimers } = turn;
    expect(cancelledTimers.filter((id) => !this.#cancelled.has(id))).toEqual(
      [],
    );
    expect(
      played.cancelledTimers.filter((id) => !cancelledTimers.includes(id)),
    ).toEqual([]);
    expect({ ...played, cancelledTimers }).toEqual(turn);
  }

  /** Delivers the messages for good. */
  async deliver(messages: readonly OrchestrationMessage[]): Promise<void> {
    const { turn: replayed, replay } = await this.#turn(messages);
    const turn = replay ? this.#follow(replayed, replay) : replayed;
    if (turn.continuesAsNew) this.dropSession();
    this.pending = this.pending.filter(
      (message) => !messages.includes(message),
    );
    this.instance = turn.instance;
    if (turn.continuesAsNew) this.history = new ExecutionHistory();
    else this.history.append(turn.events);
    const last = this.history.events.at(-1)?.Timestamp;
    if (last) this.now = Math.max(this.now, Date.parse(last));
    const { executionId } = this.instance;
    for (const event of this.#answer(turn))
      this.pending.push({ executionId, event });
    for (const { to, message } of turn.outgoing)
      if (to === "tested" && isOrchestrationMessage(message))
        this.pending.push(message);
  }

  async #run(trigger: object) {
    const context = new InvocationContext({
      options: { trigger: { type: "orchestrationTrigger", name: "context" } },
    });
    try {
      const result = await this.#handler.handle(trigger, context);
      return {
        context,
        outcome: { ok: true as const, returnValue: undefined, result },
      };
    } catch (error) {
      const { message } = error as Error;
      return { context, outcome: { ok: false as const, message, stack: "" } };
    }
  }

  #world(idsBefore = this.#ids): EpisodeContext {
    let ids = idsBefore;
    return {
      newId: () => `id-${(this.#ids = ids += 1)}`,
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
