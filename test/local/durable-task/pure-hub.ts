/** One orchestration run by the pure halves of the episode and by the client library's own executor: a hub without disk or clock. */
import { InvocationContext } from "@azure/functions";
import type { OrchestrationContext, Task } from "durable-functions";
import { History } from "../../../src/local/durable-task/history";
import type { World } from "../../../src/local/durable-task/decide";
import {
  closeEpisode,
  restEpisode,
} from "../../../src/local/durable-task/episode";
import {
  EventType,
  type MessageEvent,
} from "../../../src/local/durable-task/history-event";
import {
  hasEnded,
  type Instance,
  pendingInstance,
} from "../../../src/local/durable-task/instance";
import {
  isForOrchestration,
  type OrchestrationMessage,
  startMessage,
} from "../../../src/local/durable-task/message";
import {
  openEpisode,
  triggerText,
} from "../../../src/local/durable-task/open-episode";
import type { Turn } from "../../../src/local/durable-task/turn";

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

export class PureHub {
  instance: Instance;
  history = new History();
  /** Messages on their way to the orchestration, in no order. */
  pending: OrchestrationMessage[];
  now = Date.UTC(2026, 0, 1);
  readonly #handler: InstanceType<Internals["Orchestrator"]>;
  readonly #answer: Answer;
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
    const deliveries = messages.map((message) => ({ inboxId: null, message }));
    const opening = openEpisode(
      this.instance,
      this.history,
      deliveries,
      this.now,
    );
    if (opening.next !== "run") return restEpisode(opening, this.history);
    const trigger = JSON.parse(
      triggerText(opening, this.history.texts, limits),
    ) as object;
    const outcome = await this.#run(trigger);
    return closeEpisode(opening, this.history, outcome, this.#world());
  }

  /** Delivers the messages for good. */
  async deliver(messages: readonly OrchestrationMessage[]): Promise<void> {
    const turn = await this.turn(messages);
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
      return { ok: true as const, returnValue: undefined, result };
    } catch (error) {
      const { message } = error as Error;
      return { ok: false as const, message, stack: "" };
    }
  }

  #world(): World {
    return {
      newId: () => `id-${(this.#ids += 1)}`,
      functions: {
        orchestrator: ["tested", "child"],
        activity: ["act"],
        entity: ["counter"],
      },
      defaultVersion: "",
      limits,
      maxActions: 1000,
      maxPayloadBytes: 1_000_000,
    };
  }
}
