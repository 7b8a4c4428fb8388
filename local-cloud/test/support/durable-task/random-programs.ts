/** Random orchestrations: programs of steps, an orchestrator that runs them, and their expected results. */
import {
  EntityId,
  RetryOptions,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import fc from "fast-check";

export type ProgramStep =
  | { readonly kind: "activity"; readonly key: number; readonly fails: number }
  | {
      readonly kind: "retry" | "child";
      readonly key: number;
      readonly fails: number;
      readonly attempts: number;
    }
  | { readonly kind: "timer"; readonly hours: number }
  | { readonly kind: "event"; readonly name: string }
  | { readonly kind: "entity"; readonly key: number }
  | { readonly kind: "signal" }
  /** A race of an activity against a timer. The timer that loses is cancelled immediately, or one step `later`. */
  | { readonly kind: "race"; readonly key: number; readonly later: boolean }
  /** A critical section: two calls of a locked entity. */
  | { readonly kind: "section"; readonly key: number }
  /** Continue-as-new: the following steps run in a new execution. */
  | { readonly kind: "continueAsNew" }
  | {
      readonly kind: "all" | "any";
      readonly of: readonly ProgramStep[];
      /** Whether the open tasks are then awaited in a second compound. */
      readonly again: boolean;
    };

const key = fc.nat(1000);
const steps = fc.letrec<{ step: ProgramStep }>((tie) => ({
  step: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      kind: fc.constant("activity" as const),
      key,
      fails: fc.constantFrom(0, 0, 1),
    }),
    fc.record({
      kind: fc.constant("retry" as const),
      key,
      fails: fc.nat(4),
      attempts: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      kind: fc.constant("child" as const),
      key,
      fails: fc.constantFrom(0, 0, 1, 3),
      attempts: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      kind: fc.constant("timer" as const),
      hours: fc.constantFrom(0, 1, 24, 24 * 8, 24 * 20),
    }),
    fc.record({
      kind: fc.constant("event" as const),
      name: fc.constantFrom("a", "b"),
    }),
    fc.record({ kind: fc.constant("entity" as const), key }),
    fc.constant({ kind: "signal" as const }),
    fc.record({
      kind: fc.constantFrom("all" as const, "any" as const),
      of: fc.array(tie("step"), { minLength: 1, maxLength: 3 }),
      again: fc.boolean(),
    }),
  ),
})).step;
export const arbitraryProgram = fc.array(
  fc.oneof(
    { arbitrary: steps, weight: 8 },
    {
      arbitrary: fc.record({ kind: fc.constant("section" as const), key }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant("race" as const),
        key,
        later: fc.boolean(),
      }),
      weight: 2,
    },
    { arbitrary: fc.constant({ kind: "continueAsNew" as const }), weight: 1 },
  ),
  { minLength: 1, maxLength: 5 },
);
/** The input of an execution: the remaining steps, and the results of the earlier ones. */
export interface ProgramProgress {
  readonly steps: readonly ProgramStep[];
  readonly results: readonly unknown[];
}

const failed = "failed";
interface StepTask {
  readonly task: Task;
  readonly step: ProgramStep;
  readonly of: readonly StepTask[];
}

function startStep(
  context: OrchestrationContext,
  anyStep: ProgramStep,
): StepTask {
  const step = anyStep as Exclude<
    ProgramStep,
    { kind: "continueAsNew" | "section" | "race" }
  >;
  const { df } = context;
  const leaf = (task: Task): StepTask => ({ task, step, of: [] });
  switch (step.kind) {
    case "activity":
      return leaf(df.callActivity("act", { ...step }));
    case "retry":
      return leaf(
        df.callActivityWithRetry("act", new RetryOptions(1000, step.attempts), {
          ...step,
        }),
      );
    case "child":
      return leaf(startChild(context, step));
    case "timer":
      return leaf(
        df.createTimer(
          new Date(df.currentUtcDateTime.getTime() + step.hours * 3_600_000),
        ),
      );
    case "event":
      return leaf(df.waitForExternalEvent(step.name));
    case "entity":
      return leaf(df.callEntity(new EntityId("counter", "k"), "add", step.key));
    case "signal":
      df.signalEntity(new EntityId("counter", "k"), "add", 1);
      return startStep(context, { kind: "timer", hours: 0 });
    default: {
      const of = step.of.map((each) => startStep(context, each));
      const tasks = of.map(({ task }) => task);
      const task =
        step.kind === "all" ? df.Task.all(tasks) : df.Task.any(tasks);
      return { task, step, of };
    }
  }
}

const startChild = (
  { df }: OrchestrationContext,
  step: Extract<ProgramStep, { readonly attempts: number }>,
): Task =>
  step.attempts === 1
    ? df.callSubOrchestrator("child", { ...step })
    : df.callSubOrchestratorWithRetry(
        "child",
        new RetryOptions(1000, step.attempts),
        { ...step },
      );

function* awaitResult(task: Task): Generator<Task, unknown, unknown> {
  try {
    return yield task;
  } catch {
    return failed;
  }
}

export function* interpretProgram(
  context: OrchestrationContext,
): Generator<Task, unknown, unknown> {
  const { df } = context;
  const { steps: all, results: earlier } = df.getInput<ProgramProgress>();
  const results = [...earlier];
  for (const [index, step] of all.entries()) {
    if (step.kind === "continueAsNew") {
      df.continueAsNew({ steps: all.slice(index + 1), results });
      return undefined;
    }
    if (step.kind === "section") {
      results.push(yield* runSection(context, step.key));
      continue;
    }
    if (step.kind === "race") {
      results.push(yield* runRace(context, step));
      continue;
    }
    const started = startStep(context, step);
    const value = yield* awaitResult(started.task);
    results.push(toComparable(step, value));
    if ((step.kind === "all" || step.kind === "any") && step.again) {
      // A task must not run again in a second compound. Waits for events are excluded: the client library registers such a
      // wait twice, and the second registration consumes an event without a task that returns it.
      const open = started.of
        .filter(({ step: part }) => awaitedEventNames(part).length === 0)
        .map(({ task }) => task)
        .filter(isOpen);
      if (open.length > 0) yield* awaitResult(context.df.Task.any(open));
    }
  }
  return results;
}

function* runSection(
  { df }: OrchestrationContext,
  value: number,
): Generator<Task, unknown, unknown> {
  const counter = new EntityId("counter", "k");
  const lock = (yield df.lock([counter, new EntityId("counter", "j")])) as {
    release(): void;
  };
  const first: unknown = yield df.callEntity(counter, "add", value);
  const second: unknown = yield df.callEntity(counter, "add", value + 1);
  lock.release();
  return [first, second];
}

function* runRace(
  { df }: OrchestrationContext,
  { key: value, later }: Extract<ProgramStep, { kind: "race" }>,
): Generator<Task, unknown, unknown> {
  const activity = df.callActivity("act", { key: value, fails: 0 });
  const fireAt = df.currentUtcDateTime.getTime() + 24 * 10 * 3_600_000;
  const timer = df.createTimer(new Date(fireAt));
  yield df.Task.any([activity, timer]);
  if (later) yield df.callActivity("act", { key: -value, fails: 0 });
  if (isOpen(timer)) timer.cancel();
  return "race";
}

const isOpen = ({ isCompleted, isFaulted }: Task): boolean =>
  !isCompleted && !isFaulted;

/** Replaces values that depend on the order of events: the winner of a race, and times. */
function toComparable(step: ProgramStep, value: unknown): unknown {
  if (step.kind === "any") return "any";
  if (step.kind === "all" && Array.isArray(value))
    return step.of.map((each, index) => toComparable(each, value[index]));
  if (step.kind === "timer" || step.kind === "signal") return "timer";
  return value ?? null;
}

/** Evaluates a step without a hub. */
function expectedResult(step: ProgramStep): unknown {
  if (step.kind === "section") return [step.key, step.key + 1];
  switch (step.kind) {
    case "race":
      return "race";
    case "activity":
    case "retry":
    case "child":
      return exhaustsAttempts(step) ? failed : step.key;
    case "event":
      return step.name;
    case "all":
      return step.of.some(hasFailure) ? failed : step.of.map(expectedResult);
    default:
      return expectedSuccess(step);
  }
}
function expectedSuccess(step: ProgramStep): unknown {
  if ("key" in step) return step.key;
  return step.kind === "any" ? "any" : "timer";
}
const exhaustsAttempts = (
  step: Extract<ProgramStep, { readonly fails: number }>,
): boolean =>
  step.kind === "activity" ? step.fails > 0 : step.fails >= step.attempts;

const hasFailure = (step: ProgramStep): boolean =>
  step.kind === "all"
    ? step.of.some(hasFailure)
    : expectedResult(step) === failed;

export const expectedResults = (all: readonly ProgramStep[]): unknown[] =>
  all.filter(({ kind }) => kind !== "continueAsNew").map(expectedResult);

export const awaitedEventNames = (step: ProgramStep): readonly string[] => {
  if (step.kind === "event") return [step.name];
  return step.kind === "all" || step.kind === "any"
    ? step.of.flatMap(awaitedEventNames)
    : [];
};

/** Makes keys unique, so that attempts are counted per task. */
export function numberSteps(
  all: readonly ProgramStep[],
  next = { id: 0 },
): readonly ProgramStep[] {
  return all.map((step): ProgramStep => {
    if (step.kind === "all" || step.kind === "any")
      return { ...step, of: numberSteps(step.of, next) };
    return "key" in step ? { ...step, key: (next.id += 1) } : step;
  });
}
