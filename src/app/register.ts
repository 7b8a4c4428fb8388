/** Registers handlers by contract: a handler that does not have the types of its contract does not compile. */
import type { FunctionInput, InvocationContext } from "@azure/functions";
import { app, type OrchestrationContext, type Task } from "durable-functions";
import type { Answer, KeyedInput } from "../domain/answers/answer";
import type {
  ActivityContract,
  OrchestratorContract,
} from "../domain/contract";
import { toFailure } from "../domain/errors";
import { traceActivity } from "../telemetry/spans/activity-span";
import { InFlightCalls } from "./in-flight-calls";

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

/**
 * The activity answers with the result of the handler or with the error that it throws, so that the task hub reports a
 * failure only if it could not run the activity. Concurrent calls with the same key share one answer.
 */
export function registerActivity<I, O>(
  contract: ActivityContract<I, O>,
  handler: (
    input: NoInfer<I>,
    context: InvocationContext,
  ) => Promise<NoInfer<O>>,
  extraInputs: FunctionInput[] = [],
): void {
  const { name } = contract;
  const calls = new InFlightCalls<Answer<O>>();
  app.activity(name, {
    handler: ({ call, input }: KeyedInput<I>, context: InvocationContext) =>
      calls.join(call, () =>
        traceActivity(name, input, context, () => handler(input, context)).then(
          (value): Answer<O> => ({ call, ok: true, value }),
          (thrown: unknown): Answer<O> => {
            const failure = toFailure(thrown);
            // The host does not know of the failure, so it logs no message. Secrets are already redacted.
            context.error(failure.message);
            return { call, ok: false, failure };
          },
        ),
      ),
    extraInputs,
  });
}
