import type { Answer } from "../src/domain/answers/answer";
import {
  callToolActivity,
  type StepOutcome,
  type ToolStepInput,
} from "../src/domain/contracts";
import { startActivity } from "../src/domain/durable/calls";
import type {
  DurableOperation,
  OrchestrationContext,
} from "../src/domain/durable/context";
import { failedOutcome } from "../src/domain/workflow/failed-outcome";
import { callWithRetry } from "./step/call-with-retry";
import { runStep, toStepRef } from "./step/run-step";

/** Calls one tool, with retries until the deadline. */
export const toolStep = (
  context: OrchestrationContext,
  input: ToolStepInput,
): DurableOperation<Answer<StepOutcome>> =>
  runStep(context, input, runToolCall(context, input));

function* runToolCall(
  context: OrchestrationContext,
  input: ToolStepInput,
): DurableOperation<StepOutcome> {
  const { orchestrationId, stepId, scope, tool } = input;
  const step = toStepRef(input);
  const result = yield* callWithRetry(
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
  if (!result.ok) return failedOutcome(result.failure);
  const { output, usage } = result.value;
  return { status: "completed", output: output ?? { value: null }, usage };
}
