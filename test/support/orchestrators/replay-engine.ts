/**
 * The engine's side of replay, as small as can be: the library's own executor replays the whole history at every
 * turn, so code that is not deterministic, or that schedules a task twice, does not get far.
 */
import { InvocationContext } from "@azure/functions";
import type { OrchestrationContext, Task } from "durable-functions";

interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly instanceId?: string;
  readonly operation?: string;
  readonly input?: unknown;
  readonly fireAt?: Date;
  readonly isCanceled?: boolean;
  readonly compoundActions?: readonly Action[];
}
export interface OpenTask {
  readonly id: number;
  readonly name: string;
  readonly instanceId: string | undefined;
  readonly input: never;
  readonly action: Action;
}
interface State {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
}
interface Internals {
  readonly Orchestrator: new (handler: unknown) => {
    handle(trigger: object, context: InvocationContext): Promise<State>;
  };
}
const { Orchestrator } = jest.requireActual<Internals>(
  "durable-functions/lib/src/orchestrations/Orchestrator",
);

const started = Date.parse("2026-01-01T00:00:00Z");
const isEventWait = ({ actionType }: Action) => actionType === 6;
const kinds: Readonly<Record<number, string>> = { 5: "timer", 7: "entity" };

export class ReplayEngine<Input> {
  readonly #handler: (
    context: OrchestrationContext,
    input: Input,
  ) => Generator<Task, unknown, unknown>;
  readonly #input: Input;
  readonly #history: object[] = [];
  readonly #done = new Set<number>();
  #nowMs = started;
  #tasks: OpenTask[] = [];
  output: unknown;
  failure: string | undefined;
  status: unknown;
  isDone = false;

  constructor(
    handler: (
      context: OrchestrationContext,
      input: Input,
    ) => Generator<Task, unknown, unknown>,
    input: Input,
  ) {
    this.#handler = handler;
    this.#input = input;
  }

  /** All tasks ever started. */
  get started(): readonly OpenTask[] {
    return this.#tasks;
  }

  get open(): readonly OpenTask[] {
    return this.#tasks.filter(
      ({ id, action }) => !this.#done.has(id) && action.isCanceled !== true,
    );
  }

  /** The one open task of that name: an activity's, an instance id, `timer` or `entity`. */
  task(name: string): OpenTask {
    const [found, ...more] = this.openNamed(name);
    if (found !== undefined && more.length === 0) return found;
    const open = this.open.map((each) => each.name).join(", ");
    throw new Error(`There is not one open "${name}", but: ${open}`);
  }

  openNamed(name: string): readonly OpenTask[] {
    return this.open.filter((each) =>
      [each.name, each.instanceId].includes(name),
    );
  }

  start(): Promise<void> {
    return this.#turn({ EventType: 0, Name: "tested", Input: "" });
  }

  complete(name: string, result: unknown): Promise<void> {
    return this.#settle(this.task(name), result);
  }

  completeTask(task: OpenTask, result: unknown): Promise<void> {
    return this.#settle(task, result);
  }

  async completeAll(name: string, result: unknown): Promise<void> {
    for (const each of this.openNamed(name)) await this.#settle(each, result);
  }

  fail(name: string, code: string, message: string): Promise<void> {
    return this.failTask(this.task(name), code, message);
  }

  failTask(
    task: OpenTask | undefined,
    code: string,
    message: string,
  ): Promise<void> {
    if (task === undefined) throw new Error("There is no such task to fail.");
    const { id } = task;
    this.#done.add(id);
    return this.#turn({
      EventType: 6,
      TaskScheduledId: id,
      Reason: "",
      Details: "",
      FailureDetails: {
        ErrorType: "AosError",
        ErrorMessage: message,
        Properties: { code },
      },
    });
  }

  raise(name: string, data: unknown): Promise<void> {
    return this.#turn({
      EventType: 15,
      Name: name,
      Input: JSON.stringify(data),
    });
  }

  /** Lets the time come that a timer waits for. */
  fire(): Promise<void> {
    const timer = this.task("timer");
    this.#nowMs = timer.action.fireAt?.getTime() ?? this.#nowMs;
    return this.#settle(timer, undefined);
  }

  #settle({ id, name }: OpenTask, result: unknown): Promise<void> {
    this.#done.add(id);
    if (name === "timer") return this.#turn({ EventType: 11, TimerId: id });
    const Result = JSON.stringify(result);
    if (name !== "entity")
      return this.#turn({ EventType: 5, TaskScheduledId: id, Result });
    const request = `entity-call-${id}`;
    const sent = { EventType: 14, EventId: id, Input: `{"id":"${request}"}` };
    this.#history.push(stamped(sent, this.#nowMs));
    const Input = JSON.stringify({ result: Result });
    return this.#turn({ EventType: 15, Name: request, Input });
  }

  async #turn(event: object): Promise<void> {
    this.#nowMs += 10;
    this.#history.push(
      stamped({ EventType: 12 }, this.#nowMs),
      stamped(event, this.#nowMs),
    );
    const state = await this.#replay();
    this.#tasks = flat(state.actions.flat())
      .filter((action) => !isEventWait(action))
      .map((action, id) => ({
        id,
        name: kinds[action.actionType] ?? action.functionName ?? "",
        instanceId: action.instanceId,
        input: action.input as never,
        action,
      }));
    this.isDone = state.isDone;
    this.output = state.output;
    this.status = state.customStatus;
  }

  async #replay(): Promise<State> {
    const trigger = {
      history: this.#history.map((event) => ({ ...event })),
      input: this.#input,
      instanceId: "o1",
      isReplaying: false,
      upperSchemaVersion: 2,
      upperSchemaVersionNew: 3,
      maximumShortTimerDuration: "6.00:00:00",
      longRunningTimerIntervalDuration: "3.00:00:00",
    };
    const handler = (context: OrchestrationContext) =>
      this.#handler(context, context.df.getInput<Input>());
    try {
      return await new Orchestrator(handler).handle(
        trigger,
        new InvocationContext(),
      );
    } catch (thrown) {
      const [, state] = String(thrown).split("\n\n$OutOfProcData$:");
      if (state === undefined) throw thrown;
      const failed = JSON.parse(state) as State;
      this.failure = failed.error;
      return { ...failed, isDone: true };
    }
  }
}

const stamped = (event: object, ms: number) => ({
  ...event,
  EventId: "EventId" in event ? event.EventId : -1,
  IsPlayed: false,
  Timestamp: new Date(ms),
});

const flat = (actions: readonly Action[]): readonly Action[] =>
  actions.flatMap((action) =>
    action.compoundActions === undefined
      ? [action]
      : flat(action.compoundActions),
  );
