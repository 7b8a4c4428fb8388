import {
  callToolActivity,
  type StepOutcome,
  type ToolStepInput,
} from "../src/domain/contracts";
import {
  type OrchestrationContext,
  startActivity,
  type DurableOperation,
} from "../src/domain/durable";
import { noUsage } from "../src/domain/usage";
import { callWithRetry } from "./step/call-with-retry";
import { runStep } from "./step/run-step";

/** One tool call of a workflow, tried again by policy until its deadline. */
export const toolStep = (
  context: OrchestrationContext,
  input: ToolStepInput,
): DurableOperation<StepOutcome> =>
  runStep(context, input, callOf(context, input));

function* callOf(
  context: OrchestrationContext,
  input: ToolStepInput,
): DurableOperation<StepOutcome> {
  const { orchestrationId, stepId, scope, tool, traceparent } = input;
  const step = {
    orchestrationId,
    stepId,
    ...(traceparent !== undefined && { traceparent }),
  };
  const called = yield* callWithRetry(
    context,
    { ...input, step },
    {
      name: "tool",
      start: (attempt, at) =>
        startActivity(context, callToolActivity, {
          attempt,
          at,
          tool,
          idempotencyKey: `${orchestrationId}/${stepId}`,
          call: { from: "workflow", step, input: input.input, scope },
        }),
    },
  );
  if (!called.ok)
    return { status: "failed", error: called.failure, usage: noUsage };
  const { output, usage } = called.value;
  return { status: "completed", output: output ?? { value: null }, usage };
}
