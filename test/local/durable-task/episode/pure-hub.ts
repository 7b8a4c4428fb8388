/** One orchestration run by the pure halves of the episode and by the client library's own executor: a hub without disk or clock. */
import { InvocationContext } from "@azure/functions";
import type { OrchestrationContext, Task } from "durable-functions";
import type { OrchestratorState } from "../../../../src/local/durable-task/episode/actions";
import { ExtendedSession } from "../../../../src/local/durable-task/orchestrations/extended-session";
import { History } from "../../../../src/local/durable-task/episode/history";
import type { World } from "../../../../src/local/durable-task/episode/decide";
import {
  closeEpisode,
  restEpisode,
} from "../../../../src/local/durable-task/episode/episode";
import {
  EventType,
  type MessageEvent,
} from "../../../../src/local/durable-task/history-event";
import {
  hasEnded,
  type Instance,
  pendingInstance,
} from "../../../../src/local/durable-task/instance";
import {
  isForOrchestration,
  type OrchestrationMessage,
  startMessage,
} from "../../../../src/local/durable-task/message";
import {
  openEpisode,
  type Opening,
  triggerText,
} from "../../../../src/local/durable-task/episode/open-episode";
import type { Turn } from "../../../../src/local/durable-task/episode/turn";
import { Walker } from "../../../../src/local/durable-task/episode/walk";

interface Internals {
  readonly Orchestrator: new (handler: unknown) => {
    handle(trigger: object, context: InvocationContext): Promise<object>;
  };
}
const { Orchestrator } = jest.requireActual<Internals>(
  "durable-functions/lib/src/orchestrations/Orchestrator",
);

export type Orchestration = (
  context: OrchestrationContext,
) => Generator<Task, unknown, unknown>;

const day = 86_400_000;
export const limits = {
  maximumTimerMs: 6 * day,
  timerIntervalMs: 3 * day,
  httpSleepMs: 30_000,
};

/** What comes of something that was asked for: the event, without being delivered yet. */
export type Answer = (turn: Turn) => readonly MessageEvent[];

/** What the client library has made of a whole history, and what a hub makes of that. */
interface Replay {
  readonly opening: Opening;
  readonly state: OrchestratorState | undefined;
  readonly context: unknown;
  readonly walker: Walker;
  /** How many ids had been given out before. */
  readonly idsBefore: number;
}

export class PureHub {
  /** How many turns an extended session has played. */
  sessionTurns = 0;
  instance: Instance;
  history = new History();
  /** Messages on their way to the orchestration, in no order. */
  pending: OrchestrationMessage[];
  now = Date.UTC(2026, 0, 1);
  readonly #handler: InstanceType<Internals["Orchestrator"]>;
  readonly #answer: Answer;
  #session: ExtendedSession | undefined;
  /** Timers that the session has said are cancelled: it says so once, a replay in every turn. */
  #cancelled = new Set<number>();
  #ids = 0;

  constructor(orchestration: Orchestration, input: unknown, answer: Answer) {
    this.#handler = new Orchestrator(orchestration);
    this.#answer = answer;
    this.instance = pendingInstance(
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
    this.pending = [startMessage(this.instance)];
  }

  get hasEnded(): boolean {
    return hasEnded(this.instance);
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
  async turn(messages: readonly OrchestrationMessage[]): Promise<Turn> {
    return (await this.#turn(messages)).turn;
  }

  async #turn(messages: readonly OrchestrationMessage[]): Promise<{
    readonly turn: Turn;
    readonly replay?: Replay;
  }> {
    const deliveries = messages.map((message) => ({ inboxId: null, message }));
    const opening = openEpisode(
      this.instance,
      this.history,
      deliveries,
      this.now,
    );
    if (opening.next !== "run")
      return { turn: restEpisode(opening, this.history) };
    const trigger = JSON.parse(
      triggerText(opening, this.history.texts, limits),
    ) as object;
    const { outcome, context } = await this.#run(trigger);
    const walker = new Walker(this.history, limits);
    const idsBefore = this.#ids;
    const turn = closeEpisode(
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
  #follow(turn: Turn, { opening, state, context, ...rest }: Replay): Turn {
    const { arrived } = opening;
    const result = this.#session?.play(this.history.events, arrived);
    if (this.#session && result) {
      this.sessionTurns += 1;
      expect(JSON.stringify(result)).toBe(
        JSON.stringify({ ...state, schemaVersion: undefined }),
      );
      const played = closeEpisode(
        opening,
        this.history,
        { ok: true, returnValue: undefined, result },
        this.#world(rest.idsBefore),
        this.#session.walker,
      );
      this.#expectSame(played, turn);
      return played;
    }
    if (this.#session) expect(state?.isDone ?? true).toBe(true);
    const kept = { context, resume: <Result>(work: () => Result) => work() };
    const seen = this.history.events.length + arrived.length;
    this.#session = ExtendedSession.of(kept, seen, rest.walker);
    this.#cancelled = new Set(turn.cancelledTimers);
    return turn;
  }

  #expectSame(played: Turn, turn: Turn): void {
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
    if (turn.startsAnew) this.dropSession();
    this.pending = this.pending.filter(
      (message) => !messages.includes(message),
    );
    this.instance = turn.instance;
    if (turn.startsAnew) this.history = new History();
    else this.history.append(turn.events);
    const last = this.history.events.at(-1)?.Timestamp;
    if (last) this.now = Math.max(this.now, Date.parse(last));
    const { executionId } = this.instance;
    for (const event of this.#answer(turn))
      this.pending.push({ executionId, event });
    for (const { to, message } of turn.outgoing)
      if (to === "tested" && isForOrchestration(message))
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

  #world(idsBefore = this.#ids): World {
    let ids = idsBefore;
    return {
      newId: () => `id-${(this.#ids = ids += 1)}`,
      functions: {
        orchestrator: ["tested", "child"],
        activity: ["act"],
        entity: ["counter"],
      },
      defaultVersion: "",
      limits,
      maxActions: 1000,
      maxPayloadBytes: 100_000,
    };
  }
}
