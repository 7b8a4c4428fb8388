import {
  callTool,
  type StepOutcome,
  type ToolStepInput,
} from "../src/model/contracts";
import {
  type OrchestrationContext,
  startActivity,
  type Steps,
} from "../src/model/durable";
import { noUsage } from "../src/model/usage";
import { attempted } from "./step/attempts";
import { settleStep } from "./step/settle-step";

/** One tool call of a workflow, tried again by policy until its deadline. */
export const toolStep = (
  context: OrchestrationContext,
  input: ToolStepInput,
): Steps<StepOutcome> => settleStep(context, input, callOf(context, input));

function* callOf(
  context: OrchestrationContext,
  input: ToolStepInput,
): Steps<StepOutcome> {
  const { orchestrationId, stepId, scope, tool, traceparent } = input;
  const step = {
    orchestrationId,
    stepId,
    ...(traceparent !== undefined && { traceparent }),
  };
  const called = yield* attempted(
    context,
    { ...input, step },
    {
      name: "tool",
      start: (attempt, at) =>
        startActivity(context, callTool, {
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
