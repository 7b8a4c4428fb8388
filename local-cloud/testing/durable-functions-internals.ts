/** The parts of `durable-functions` that run a function as the host has it run; the package does not give them out. */
import { createRequire } from "node:module";
import { InvocationContext } from "@azure/functions";
import type { Action } from "../durable-task/replay/actions";

/** An orchestrator, activity or entity function as the host calls it. */
export type WrappedFunction = (
  trigger: unknown,
  context: InvocationContext,
) => Promise<unknown>;

interface TestingUtils {
  readonly createOrchestrator: (handler: unknown) => WrappedFunction;
  readonly createEntityFunction: (handler: unknown) => WrappedFunction;
}
/** Runs an orchestrator over a history. */
interface Orchestrator {
  handle(trigger: object, context: InvocationContext): Promise<unknown>;
  readonly taskOrchestrationExecutor: {
    /** What the orchestrator has asked for; also when it threw, when the state that it leaves is text. */
    readonly actions: readonly Action[];
    readonly orchestratorReturned: boolean;
    readonly willContinueAsNew: boolean;
    readonly exception: Error | undefined;
  };
}
interface Orchestrations {
  readonly Orchestrator: new (handler: unknown) => Orchestrator;
}
interface App {
  readonly wrapActivityHandler: (handler: unknown) => WrappedFunction;
}

const load = createRequire(__filename);
const library = "durable-functions/lib/src";

/** Gives back the state that the orchestration has reached, or throws an error that ends in it. */
export const { createOrchestrator, createEntityFunction } = load(
  `${library}/util/testingUtils`,
) as TestingUtils;

export const { Orchestrator } = load(
  `${library}/orchestrations/Orchestrator`,
) as Orchestrations;

/** Makes of an error what the app's exception properties provider says of it. */
export const { wrapActivityHandler } = load(`${library}/app`) as App;

/** A context whose log goes nowhere. */
export const createSilentContext = (functionName: string): InvocationContext =>
  new InvocationContext({ functionName, logHandler: () => undefined });
