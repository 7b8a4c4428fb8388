/** Registers handlers by contract: a handler that does not have the types of its contract does not compile. */
import type { FunctionInput, InvocationContext } from "@azure/functions";
import { app, type OrchestrationContext, type Task } from "durable-functions";
import type {
  ActivityContract,
  OrchestratorContract,
} from "../domain/contract";
import { createActivityHandler } from "./activity-handler";

export function registerOrchestrator<I, O>(
  contract: OrchestratorContract<I, O>,
  handler: (
    context: OrchestrationContext,
    input: NoInfer<I>,
  ) => Generator<Task, NoInfer<O>, unknown>,
): void {
  app.orchestration(contract.name, (context) =>
    handler(context, context.df.getInput<I>()),
  );
}

export function registerActivity<I, O>(
  contract: ActivityContract<I, O>,
  handler: (
    input: NoInfer<I>,
    context: InvocationContext,
  ) => Promise<NoInfer<O>>,
  extraInputs: FunctionInput[] = [],
): void {
  app.activity(contract.name, {
    handler: createActivityHandler(contract, handler),
    extraInputs,
  });
}
