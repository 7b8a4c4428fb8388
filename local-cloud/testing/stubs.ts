/** The functions that take part in the run of an orchestrator without a host. */
import type { InvocationContext } from "@azure/functions";
import type {
  OrchestrationContext,
  OrchestrationHandler,
} from "durable-functions";
import type { KnownFunctions } from "../durable-task/replay/decision";
import type { InvokeFunction } from "../durable-task/engine/engine-context";
import {
  createEntityFunction,
  createOrchestrator,
  type WrappedFunction,
  createSilentContext,
  wrapActivityHandler,
} from "./durable-functions-internals";
import { TestKitError } from "./test-kit-error";

/** May be asynchronous. What it throws fails the task, as in an app. */
type Activity = (input: never, context: InvocationContext) => unknown;
/** A handler as for `df.app.entity`. */
type Entity = (context: never) => unknown;
/** Another orchestrator, or a function of the input that stands for one. */
type SubOrchestrator = OrchestrationHandler | ((input: never) => unknown);

export interface Stubs {
  readonly activities?: Readonly<Record<string, Activity>>;
  readonly subOrchestrators?: Readonly<Record<string, SubOrchestrator>>;
  readonly entities?: Readonly<Record<string, Entity>>;
}

export interface FunctionRegistry {
  /** The name under which the orchestrator itself is known. */
  readonly orchestratorName: string;
  readonly functions: KnownFunctions;
  readonly invoke: InvokeFunction;
}

type Kind = keyof KnownFunctions;
interface Member {
  readonly name: string;
  readonly kind: Kind;
  readonly run: WrappedFunction;
}

/** Throws `TestKitError` when two functions have the same name. */
export function registerStubs(
  orchestrator: OrchestrationHandler,
  roles: Stubs,
): FunctionRegistry {
  const supporting = membersOf(roles);
  const lead = leadName(orchestrator.name, supporting);
  const members = new Map<string, Member>();
  for (const member of [
    {
      name: lead,
      kind: "orchestrator" as const,
      run: createOrchestrator(orchestrator),
    },
    ...supporting,
  ]) {
    const key = member.name.toLowerCase();
    const other = members.get(key);
    if (other) throw ambiguous(member, other);
    members.set(key, member);
  }
  const named = (kind: Kind): readonly string[] =>
    [...members.values()]
      .filter((member) => member.kind === kind)
      .map(({ name }) => name);
  return {
    orchestratorName: lead,
    functions: {
      orchestrator: named("orchestrator"),
      activity: named("activity"),
      entity: named("entity"),
    },
    invoke: (name, trigger) =>
      invoked(members.get(name.toLowerCase()), name, trigger.string),
  };
}

const membersOf = ({
  activities = {},
  subOrchestrators = {},
  entities = {},
}: Stubs): readonly Member[] => [
  ...Object.entries(activities).map(([name, activity]) =>
    activityMember(name, activity),
  ),
  ...Object.entries(entities).map(([name, entity]) => ({
    name,
    kind: "entity" as const,
    run: createEntityFunction(entity),
  })),
  ...Object.entries(subOrchestrators).flatMap(([name, one]) =>
    subOrchestratorMembers(name, one),
  ),
];

const activityMember = (name: string, activity: Activity): Member => ({
  name,
  kind: "activity",
  run: wrapActivityHandler(activity),
});

/** A plain function may be asynchronous, which an orchestrator cannot be: an activity of its own runs it. */
function subOrchestratorMembers(
  name: string,
  given: SubOrchestrator,
): readonly Member[] {
  const member = (handler: OrchestrationHandler): Member => ({
    name,
    kind: "orchestrator",
    run: createOrchestrator(handler),
  });
  if (isGenerator(given)) return [member(given)];
  const standIn = `${name} (stand-in)`;
  return [
    member(function* ({ df }: OrchestrationContext) {
      return (yield df.callActivity(standIn, df.getInput())) as unknown;
    }),
    activityMember(standIn, given),
  ];
}

/** By its tag: under a test runner, functions are of another realm. */
const isGenerator = (given: SubOrchestrator): given is OrchestrationHandler =>
  Object.prototype.toString.call(given) === "[object GeneratorFunction]";

/** An orchestrator may have the name of an activity that it calls: it is not called by name itself. */
function leadName(name: string, members: readonly Member[]): string {
  const wanted = name === "" ? "orchestrator" : name;
  const isTaken = members.some(
    (member) => member.name.toLowerCase() === wanted.toLowerCase(),
  );
  return isTaken ? `${wanted} (orchestrator)` : wanted;
}

const ambiguous = (a: Member, b: Member): TestKitError =>
  new TestKitError(
    "function_ambiguous",
    `'${a.name}' is an ${a.kind} and '${b.name}' is an ${b.kind}: the functions of an app are told apart by name, whatever its case.`,
  );

async function invoked(
  member: Member | undefined,
  name: string,
  trigger: string | undefined,
): ReturnType<InvokeFunction> {
  try {
    if (member === undefined)
      throw new Error(`There is no function '${name}'.`);
    const result = await member.run(
      decoded(trigger),
      createSilentContext(name),
    );
    return { ok: true, returnValue: encoded(result), result };
  } catch (error) {
    const { message, stack = "" } =
      error instanceof Error ? error : new Error(String(error));
    return { ok: false, message, stack };
  }
}

/** As the Functions library reads a text: as JSON where it is some. */
function decoded(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // a plain string, which an activity is given as it is
  }
}

const encoded = (value: unknown) =>
  value === undefined || value === null
    ? undefined
    : { json: JSON.stringify(value) };
