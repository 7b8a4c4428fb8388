/** The parts of `durable-functions` that run a function the way a host runs it. The package does not export them. */
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
    /** The actions of the orchestrator so far; also available after it threw. */
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

/** The functions return the state of the orchestration or entity; a failed orchestrator throws an error whose message ends with it. */
export const { createOrchestrator, createEntityFunction } = load(
  `${library}/util/testingUtils`,
) as TestingUtils;

export const { Orchestrator } = load(
  `${library}/orchestrations/Orchestrator`,
) as Orchestrations;

/** Adds the properties from the app's exception properties provider to an error. */
export const { wrapActivityHandler } = load(`${library}/app`) as App;

export const createSilentContext = (functionName: string): InvocationContext =>
  new InvocationContext({ functionName, logHandler: () => undefined });
