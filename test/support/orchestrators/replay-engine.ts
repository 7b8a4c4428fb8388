/**
 * Runs an orchestrator under the control of a test, which chooses the order of events. The executor of durable-functions
 * replays the whole history for every event, so it detects non-deterministic code and tasks that are scheduled twice.
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
interface ReplayResult {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
}
interface Internals {
  readonly Orchestrator: new (handler: unknown) => {
    handle(trigger: object, context: InvocationContext): Promise<ReplayResult>;
  };
}
const { Orchestrator } = jest.requireActual<Internals>(
  "durable-functions/lib/src/orchestrations/Orchestrator",
);

const startTimeMs = Date.parse("2026-01-01T00:00:00Z");
const waitsForEvent = ({ actionType }: Action) => actionType === 6;
/** Names of tasks without a function, by action type. */
const taskNames: Readonly<Record<number, string>> = { 5: "timer", 7: "entity" };

export class ReplayEngine<Input> {
  readonly #handler: (
    context: OrchestrationContext,
    input: Input,
  ) => Generator<Task, unknown, unknown>;
  readonly #input: Input;
  readonly #history: object[] = [];
  readonly #settled = new Set<number>();
  #nowMs = startTimeMs;
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

  /** All tasks that have been started, including settled ones. */
  get started(): readonly OpenTask[] {
    return this.#tasks;
  }

  get open(): readonly OpenTask[] {
    return this.#tasks.filter(
      ({ id, action }) => !this.#settled.has(id) && action.isCanceled !== true,
    );
  }

  /** The only open task of that name: of an activity, an instance id, `timer` or `entity`. */
  task(name: string): OpenTask {
    const [found, ...more] = this.openNamed(name);
    if (found !== undefined && more.length === 0) return found;
    const open = this.open.map((each) => each.name).join(", ");
    throw new Error(`Expected one open task "${name}". Open tasks: ${open}.`);
  }

  openNamed(name: string): readonly OpenTask[] {
    return this.open.filter((each) =>
      [each.name, each.instanceId].includes(name),
    );
  }

  start(): Promise<void> {
    return this.#addEvent({ EventType: 0, Name: "orchestrator", Input: "" });
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
    if (task === undefined) throw new Error("The task to fail does not exist.");
    const { id } = task;
    this.#settled.add(id);
    return this.#addEvent({
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
    return this.#addEvent({
      EventType: 15,
      Name: name,
      Input: JSON.stringify(data),
    });
  }

  /** Advances the time to the open timer and fires it. */
  fire(): Promise<void> {
    const timer = this.task("timer");
    this.#nowMs = timer.action.fireAt?.getTime() ?? this.#nowMs;
    return this.#settle(timer, undefined);
  }

  #settle({ id, name }: OpenTask, result: unknown): Promise<void> {
    this.#settled.add(id);
    if (name === "timer") return this.#addEvent({ EventType: 11, TimerId: id });
    const Result = JSON.stringify(result);
    if (name !== "entity")
      return this.#addEvent({ EventType: 5, TaskScheduledId: id, Result });
    const request = `entity-call-${id}`;
    const eventSent = {
      EventType: 14,
      EventId: id,
      Input: `{"id":"${request}"}`,
    };
    this.#history.push(withTimestamp(eventSent, this.#nowMs));
    const Input = JSON.stringify({ result: Result });
    return this.#addEvent({ EventType: 15, Name: request, Input });
  }

  async #addEvent(event: object): Promise<void> {
    this.#nowMs += 10;
    this.#history.push(
      withTimestamp({ EventType: 12 }, this.#nowMs),
      withTimestamp(event, this.#nowMs),
    );
    const state = await this.#replay();
    this.#tasks = flattenActions(state.actions.flat())
      .filter((action) => !waitsForEvent(action))
      .map((action, id) => ({
        id,
        name: taskNames[action.actionType] ?? action.functionName ?? "",
        instanceId: action.instanceId,
        input: action.input as never,
        action,
      }));
    this.isDone = state.isDone;
    this.output = state.output;
    this.status = state.customStatus;
  }

  async #replay(): Promise<ReplayResult> {
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
      const failed = JSON.parse(state) as ReplayResult;
      this.failure = failed.error;
      return { ...failed, isDone: true };
    }
  }
}

const withTimestamp = (event: object, ms: number) => ({
  ...event,
  EventId: "EventId" in event ? event.EventId : -1,
  IsPlayed: false,
  Timestamp: new Date(ms),
});

const flattenActions = (actions: readonly Action[]): readonly Action[] =>
  actions.flatMap((action) =>
    action.compoundActions === undefined
      ? [action]
      : flattenActions(action.compoundActions),
  );
