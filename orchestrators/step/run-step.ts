import type { Answer } from "../../src/domain/answers/answer";
import {
  notifyStepSettledActivity,
  type StepInput,
  type StepOutcome,
  type StepRef,
} from "../../src/domain/contracts";
import {
  type DurableOperation,
  instanceIdOf,
  type OrchestrationContext,
} from "../../src/domain/durable/context";
import { callActivity, sleep } from "../../src/domain/durable/waits";
import { backoffDelayMs, longRetry } from "../../src/domain/retry/retry-policy";
import { parseTaskFailure } from "../../src/domain/task-failure";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";

/** Answers with the outcome of a step; an error becomes a failed outcome. */
export function* runStep(
  context: OrchestrationContext,
  input: StepInput,
  operation: DurableOperation<StepOutcome>,
): DurableOperation<Answer<StepOutcome>> {
  const value = yield* catchFailure(operation);
  if (input.notifiesWorkflow) yield* notifyWorkflow(context, toStepRef(input));
  return { call: instanceIdOf(context), ok: true, value };
}

function* catchFailure(
  operation: DurableOperation<StepOutcome>,
): DurableOperation<StepOutcome> {
  try {
    return yield* operation;
  } catch (thrown) {
    return failedOutcome(parseTaskFailure(thrown));
  }
}

/** Retries after any error for about a day, because without the notification the workflow may wait forever. */
function* notifyWorkflow(
  context: OrchestrationContext,
  step: StepRef,
): DurableOperation<void> {
  for (let attempt = 1; attempt <= longRetry.maxAttempts; attempt++) {
    const notified = yield* callActivity(context, notifyStepSettledActivity, {
      ...step,
      child: instanceIdOf(context),
    });
    if (notified.ok) return;
    yield* sleep(context, backoffDelayMs(longRetry, attempt));
  }
}

export const toStepRef = ({
  orchestrationId,
  stepId,
  traceparent,
}: StepRef): StepRef => ({
  orchestrationId,
  stepId,
  ...(traceparent !== undefined && { traceparent }),
});
