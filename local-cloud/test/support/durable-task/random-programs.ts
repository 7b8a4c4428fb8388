/** Random orchestrations: programs of steps, an orchestrator that runs them, and what they must come to. */
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
  /** An activity against a timer, which is cancelled when it has lost, at once or a step later. */
  | { readonly kind: "race"; readonly key: number; readonly later: boolean }
  /** A critical section: two calls of an entity that nobody else may come between. */
  | { readonly kind: "section"; readonly key: number }
  /** What follows runs in a new execution. */
  | { readonly kind: "anew" }
  | {
      readonly kind: "all" | "any";
      readonly of: readonly ProgramStep[];
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
    { arbitrary: fc.constant({ kind: "anew" as const }), weight: 1 },
  ),
  { minLength: 1, maxLength: 5 },
);
/** What an execution is started with: what is left to do, and what has come of the rest. */
export interface ProgramProgress {
  readonly steps: readonly ProgramStep[];
  readonly results: readonly unknown[];
}

const failed = "failed";
interface Built {
  readonly task: Task;
  readonly step: ProgramStep;
  readonly of: readonly Built[];
}

function build(context: OrchestrationContext, given: ProgramStep): Built {
  const step = given as Exclude<
    ProgramStep,
    { kind: "anew" | "section" | "race" }
  >;
  const { df } = context;
  const leaf = (task: Task): Built => ({ task, step, of: [] });
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
      return leaf(child(context, step));
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
      return build(context, { kind: "timer", hours: 0 });
    default: {
      const of = step.of.map((each) => build(context, each));
      const tasks = of.map(({ task }) => task);
      const task =
        step.kind === "all" ? df.Task.all(tasks) : df.Task.any(tasks);
      return { task, step, of };
    }
  }
}

const child = (
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

function* wait(task: Task): Generator<Task, unknown, unknown> {
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
  for (const [at, step] of all.entries()) {
    if (step.kind === "anew") {
      df.continueAsNew({ steps: all.slice(at + 1), results });
      return undefined;
    }
    if (step.kind === "section") {
      results.push(yield* section(context, step.key));
      continue;
    }
    if (step.kind === "race") {
      results.push(yield* race(context, step));
      continue;
    }
    const built = build(context, step);
    const value = yield* wait(built.task);
    results.push(shown(step, value));
    if ((step.kind === "all" || step.kind === "any") && step.again) {
      // The same tasks in another compound: they must not run again. (A wait for an event is left out: the client
      // library then counts it twice, and the second takes an event that is lost.)
      const open = built.of
        .filter(({ step: part }) => awaitedEventNames(part).length === 0)
        .map(({ task }) => task)
        .filter(isOpen);
      if (open.length > 0) yield* wait(context.df.Task.any(open));
    }
  }
  return results;
}

function* section(
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

function* race(
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

/** Who wins a race is up to the order; all else is not. */
function shown(step: ProgramStep, value: unknown): unknown {
  if (step.kind === "any") return "any";
  if (step.kind === "all" && Array.isArray(value))
    return step.of.map((each, index) => shown(each, value[index]));
  if (step.kind === "timer" || step.kind === "signal") return "timer";
  return value ?? null;
}

/** What the result must be, without a hub. */
function expected(step: ProgramStep): unknown {
  if (step.kind === "section") return [step.key, step.key + 1];
  switch (step.kind) {
    case "race":
      return "race";
    case "activity":
    case "retry":
    case "child":
      return failsItself(step) ? failed : step.key;
    case "event":
      return step.name;
    case "all":
      return step.of.some(fails) ? failed : step.of.map(expected);
    default:
      return outcomeOf(step);
  }
}
function outcomeOf(step: ProgramStep): unknown {
  if ("key" in step) return step.key;
  return step.kind === "any" ? "any" : "timer";
}
const failsItself = (
  step: Extract<ProgramStep, { readonly fails: number }>,
): boolean =>
  step.kind === "activity" ? step.fails > 0 : step.fails >= step.attempts;

const fails = (step: ProgramStep): boolean =>
  step.kind === "all" ? step.of.some(fails) : expected(step) === failed;

export const expectedResults = (all: readonly ProgramStep[]): unknown[] =>
  all.filter(({ kind }) => kind !== "anew").map(expected);

export const awaitedEventNames = (step: ProgramStep): readonly string[] => {
  if (step.kind === "event") return [step.name];
  return step.kind === "all" || step.kind === "any"
    ? step.of.flatMap(awaitedEventNames)
    : [];
};

/** Keys are made unique, so that attempts of two tasks are not taken for one another. */
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
