import type { InvocationContext } from "@azure/functions";
import type {
  OrchestrationContext,
  OrchestrationHandler,
} from "durable-functions";
import type { InvokeFunction } from "../durable-task/engine/engine-context";
import type { KnownFunctions } from "../durable-task/replay/decision";
import {
  createEntityFunction,
  createOrchestrator,
  createSilentContext,
  wrapActivityHandler,
  type WrappedFunction,
} from "./durable-functions-internals";
import { TestKitError } from "./test-kit-error";

/** May be asynchronous. An error that it throws fails the task, as in an app. */
type ActivityStub = (input: never, context: InvocationContext) => unknown;
/** A handler as for `df.app.entity`. */
type EntityStub = (context: never) => unknown;
/** An orchestrator, or a function of the input that replaces one. */
type SubOrchestratorStub = OrchestrationHandler | ((input: never) => unknown);

/** The functions that an orchestrator calls, by name. */
export interface Stubs {
  readonly activities?: Readonly<Record<string, ActivityStub>>;
  readonly subOrchestrators?: Readonly<Record<string, SubOrchestratorStub>>;
  readonly entities?: Readonly<Record<string, EntityStub>>;
}

/** The functions of a run of an orchestrator without a host. */
export interface FunctionRegistry {
  /** The name under which the orchestrator under test is registered. */
  readonly orchestratorName: string;
  readonly functions: KnownFunctions;
  readonly invoke: InvokeFunction;
}

type Kind = keyof KnownFunctions;
interface RegisteredStub {
  readonly name: string;
  readonly kind: Kind;
  readonly run: WrappedFunction;
}

/** Throws `TestKitError` when two functions have the same name. */
export function registerStubs(
  orchestrator: OrchestrationHandler,
  stubs: Stubs,
): FunctionRegistry {
  const wrapped = wrapStubs(stubs);
  const orchestratorName = chooseName(orchestrator.name, wrapped);
  const registry = new Map<string, RegisteredStub>();
  for (const stub of [
    orchestratorStub(orchestratorName, orchestrator),
    ...wrapped,
  ]) {
    const key = stub.name.toLowerCase();
    const other = registry.get(key);
    if (other) throw ambiguousNameError(stub, other);
    registry.set(key, stub);
  }
  const namesByKind = (kind: Kind): readonly string[] =>
    [...registry.values()]
      .filter((stub) => stub.kind === kind)
      .map(({ name }) => name);
  return {
    orchestratorName,
    functions: {
      orchestrator: namesByKind("orchestrator"),
      activity: namesByKind("activity"),
      entity: namesByKind("entity"),
    },
    invoke: (name, trigger) =>
      runStub(registry.get(name.toLowerCase()), name, trigger.string),
  };
}

const wrapStubs = ({
  activities = {},
  subOrchestrators = {},
  entities = {},
}: Stubs): readonly RegisteredStub[] => [
  ...Object.entries(activities).map(([name, activity]) =>
    activityStub(name, activity),
  ),
  ...Object.entries(entities).map(([name, entity]) => ({
    name,
    kind: "entity" as const,
    run: createEntityFunction(entity),
  })),
  ...Object.entries(subOrchestrators).flatMap(([name, stub]) =>
    subOrchestratorStubs(name, stub),
  ),
];

const activityStub = (
  name: string,
  activity: ActivityStub,
): RegisteredStub => ({
  name,
  kind: "activity",
  run: wrapActivityHandler(activity),
});

const orchestratorStub = (
  name: string,
  orchestrator: OrchestrationHandler,
): RegisteredStub => ({
  name,
  kind: "orchestrator",
  run: createOrchestrator(orchestrator),
});

/** The function runs as an activity, because it may be asynchronous and an orchestrator may not. */
function subOrchestratorStubs(
  name: string,
  stub: SubOrchestratorStub,
): readonly RegisteredStub[] {
  if (isGeneratorFunction(stub)) return [orchestratorStub(name, stub)];
  const activityName = `${name} (stub)`;
  return [
    orchestratorStub(name, function* ({ df }: OrchestrationContext) {
      return (yield df.callActivity(activityName, df.getInput())) as unknown;
    }),
    activityStub(activityName, stub),
  ];
}

/** Compares the tag, because functions in Jest have the constructors of another realm. */
const isGeneratorFunction = (
  stub: SubOrchestratorStub,
): stub is OrchestrationHandler =>
  Object.prototype.toString.call(stub) === "[object GeneratorFunction]";

/** Returns another name if a stub already has this one, which is safe because no function calls the orchestrator by name. */
function chooseName(name: string, stubs: readonly RegisteredStub[]): string {
  const wanted = name === "" ? "orchestrator" : name;
  const isTaken = stubs.some(
    (stub) => stub.name.toLowerCase() === wanted.toLowerCase(),
  );
  return isTaken ? `${wanted} (orchestrator)` : wanted;
}

const ambiguousNameError = (
  a: RegisteredStub,
  b: RegisteredStub,
): TestKitError =>
  new TestKitError(
    "function_ambiguous",
    `'${a.name}' is an ${a.kind} and '${b.name}' is an ${b.kind}: use names that differ by more than case.`,
  );

async function runStub(
  stub: RegisteredStub | undefined,
  name: string,
  trigger: string | undefined,
): ReturnType<InvokeFunction> {
  try {
    if (stub === undefined) throw new Error(`There is no function '${name}'.`);
    const result = await stub.run(
      parseTrigger(trigger),
      createSilentContext(name),
    );
    return { ok: true, returnValue: toReturnValue(result), result };
  } catch (error) {
    const { message, stack = "" } =
      error instanceof Error ? error : new Error(String(error));
    return { ok: false, message, stack };
  }
}

/** Like the Functions library: JSON where the text is JSON, otherwise the text. */
function parseTrigger(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const toReturnValue = (value: unknown) =>
  value === undefined || value === null
    ? undefined
    : { json: JSON.stringify(value) };
