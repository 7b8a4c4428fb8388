import {
  notifyStepSettledActivity,
  type StepInput,
  type StepOutcome,
  type StepRef,
} from "../../src/domain/contracts";
import {
  callActivity,
  type DurableOperation,
  type OrchestrationContext,
  sleep,
} from "../../src/domain/durable";
import { backoffDelayMs, longRetry } from "../../src/domain/retry/retry-policy";
import { parseTaskFailure } from "../../src/domain/task-failure";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";

/** Returns the outcome of a step; an error becomes a failed outcome. */
export function* runStep(
  context: OrchestrationContext,
  input: StepInput,
  operation: DurableOperation<StepOutcome>,
): DurableOperation<StepOutcome> {
  const outcome = yield* catchFailure(operation);
  if (input.notifiesWorkflow) yield* notifyWorkflow(context, toStepRef(input));
  return outcome;
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

/**
 * Retries after any error, because without the notification the workflow may wait forever. Stops after about a day, in
 * case the workflow no longer exists.
 */
function* notifyWorkflow(
  context: OrchestrationContext,
  step: StepRef,
): DurableOperation<void> {
  for (let attempt = 1; attempt <= longRetry.maxAttempts; attempt++) {
    const notified = yield* callActivity(
      context,
      notifyStepSettledActivity,
      step,
    );
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
