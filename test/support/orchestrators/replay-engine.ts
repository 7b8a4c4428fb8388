/**
 * Runs an orchestrator under the control of a test, which chooses the order of events. The executor of durable-functions
 * replays the whole history for every event, so it detects non-deterministic code and tasks that are scheduled twice.
 */
import { InvocationContext } from "@azure/functions";
import type { OrchestrationContext, Task } from "durable-functions";
import type { Answer } from "../../../src/domain/answers/answer";
import type { Failure } from "../../../src/domain/errors";
import { type ListedAction, type OpenTask, readTasks } from "./open-tasks";

interface ReplayResult {
  readonly isDone: boolean;
  readonly actions: readonly (readonly ListedAction[])[];
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

/** A result of a call that the history does not contain, and that a task of the history gets. */
export type StaleResult =
  | { readonly from: "activity" | "child"; readonly result: unknown }
  | { readonly from: "timer" }
  | { readonly from: "failed activity"; readonly message: string };

/** The result of an activity of a lost episode. */
export const staleAnswer: Answer<null> = {
  call: "recordHistory/o1/lost",
  ok: true,
  value: null,
};

export class ReplayEngine<Input> {
  readonly #handler: (
    context: OrchestrationContext,
    input: Input,
  ) => Generator<Task, unknown, unknown>;
  readonly #input: Input;
  readonly #instanceId: string;
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
    instanceId = "o1",
  ) {
    this.#handler = handler;
    this.#input = input;
    this.#instanceId = instanceId;
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

  /** The only open task of that name: of an activity, an instance id with or without its suffix, `timer` or `entity`. */
  task(name: string): OpenTask {
    const [found, ...more] = this.openNamed(name);
    if (found !== undefined && more.length === 0) return found;
    const open = this.open.map((each) => each.name).join(", ");
    throw new Error(`Expected one open task "${name}". Open tasks: ${open}.`);
  }

  openNamed(name: string): readonly OpenTask[] {
    return this.open.filter((each) =>
      [each.name, each.instanceId, each.instanceId?.split("~")[0]].includes(
        name,
      ),
    );
  }

  start(): Promise<void> {
    return this.#addEvent({ EventType: 0, Name: "orchestrator", Input: "" });
  }

  /** Completes the call with an answer that contains the result. */
  complete(name: string, result: unknown): Promise<void> {
    return this.completeTask(this.task(name), result);
  }

  completeTask(task: OpenTask, value: unknown): Promise<void> {
    return this.#answer(task, { call: task.call, ok: true, value });
  }

  async completeAll(name: string, result: unknown): Promise<void> {
    for (const each of this.openNamed(name))
      await this.completeTask(each, result);
  }

  /** Completes the call with an answer that contains the failure. */
  fail(name: string, code: string, message: string): Promise<void> {
    return this.failTask(this.task(name), code, message);
  }

  failTask(
    task: OpenTask | undefined,
    code: string,
    message: string,
  ): Promise<void> {
    if (task === undefined) throw new Error("The task to fail does not exist.");
    const failure: Failure = { code, message };
    return this.#answer(task, { call: task.call, ok: false, failure });
  }

  /** The task hub reports that it could not run the activity or the child. */
  failByPlatform(name: string, message: string): Promise<void> {
    const { id, instanceId } = this.task(name);
    this.#settled.add(id);
    return this.#addEvent(toFailedEvent(id, message, instanceId !== undefined));
  }

  /** Delivers the result of a call that the history does not contain to the task number `id`. */
  deliverStale(id: number, stale: StaleResult): Promise<void> {
    this.#settled.add(id);
    if (stale.from === "timer")
      return this.#addEvent({ EventType: 11, TimerId: id });
    if (stale.from === "failed activity")
      return this.#addEvent(toFailedEvent(id, stale.message, false));
    return this.#addEvent({
      EventType: stale.from === "child" ? 8 : 5,
      TaskScheduledId: id,
      Result: JSON.stringify(stale.result),
    });
  }

  /** Answers a call of an entity with a response that the test chooses. */
  respond(task: OpenTask, response: unknown): Promise<void> {
    return this.#respond(task.id, JSON.stringify(response));
  }

  /** Adds an event of a recorded history, with its time. */
  addRecorded(
    event: Readonly<Record<string, unknown>>,
    ms: number,
  ): Promise<void> {
    const { TaskScheduledId: id } = event;
    if (typeof id === "number") this.#settled.add(id);
    this.#nowMs = ms;
    return this.#push(event);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  raise(name: string, data: unknown): Promise<void> {
    return this.#addEvent({
      EventType: 15,
      Name: name,
      Input: JSON.stringify(data),
    });
  }

  isSettled(id: number): boolean {
    return this.#settled.has(id);
  }

  /** Advances the time to the timer and fires it. */
  fire(timer = this.task("timer")): Promise<void> {
    this.#nowMs = Math.max(this.#nowMs, timer.action.fireAt?.getTime() ?? 0);
    return this.completeTask(timer, undefined);
  }

  #answer(
    { id, name, instanceId }: OpenTask,
    answer: Answer<unknown>,
  ): Promise<void> {
    this.#settled.add(id);
    if (name === "timer") return this.#addEvent({ EventType: 11, TimerId: id });
    const Result = JSON.stringify(answer);
    if (name === "entity") return this.#respond(id, Result);
    return this.#addEvent({
      EventType: instanceId === undefined ? 5 : 8,
      TaskScheduledId: id,
      Result,
    });
  }

  #respond(id: number, result: string): Promise<void> {
    this.#settled.add(id);
    const request = `entity-call-${id}`;
    const eventSent = {
      EventType: 14,
      EventId: id,
      Input: `{"id":"${request}"}`,
    };
    this.#history.push(withTimestamp(eventSent, this.#nowMs));
    const Input = JSON.stringify({ result });
    return this.#addEvent({ EventType: 15, Name: request, Input });
  }

  async #addEvent(event: object): Promise<void> {
    this.#nowMs += 10;
    this.#history.push(withTimestamp({ EventType: 12 }, this.#nowMs));
    await this.#push(event);
  }

  async #push(event: object): Promise<void> {
    this.#history.push(withTimestamp(event, this.#nowMs));
    const state = await this.#replay();
    this.#tasks = readTasks(state.actions.flat());
    this.isDone = state.isDone;
    this.output = state.output;
    this.status = state.customStatus;
  }

  async #replay(): Promise<ReplayResult> {
    const trigger = {
      history: this.#history.map((event) => ({ ...event })),
      input: this.#input,
      instanceId: this.#instanceId,
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

const toFailedEvent = (id: number, message: string, isChild: boolean) => ({
  EventType: isChild ? 9 : 6,
  TaskScheduledId: id,
  Reason: message,
  Details: "",
});

const withTimestamp = (event: object, ms: number) => ({
  ...event,
  EventId: "EventId" in event ? event.EventId : -1,
  IsPlayed: false,
  Timestamp: new Date(ms),
});
