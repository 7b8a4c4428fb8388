import { parseTaskFailure } from "../../src/domain/task-failure";
import {
  notifyStepSettledActivity,
  type StepInput,
  type StepOutcome,
} from "../../src/domain/contracts";
import {
  callActivity,
  type OrchestrationContext,
  sleep,
  type DurableOperation,
} from "../../src/domain/durable";
import { noUsage } from "../../src/domain/usage";

/** Runs a step to its outcome, which is never an exception, and wakes the workflow if it asked for that. */
export function* runStep(
  context: OrchestrationContext,
  input: StepInput,
  run: DurableOperation<StepOutcome>,
): DurableOperation<StepOutcome> {
  const outcome = yield* outcomeOf(run);
  if (input.announce) yield* announce(context, input);
  return outcome;
}

function* outcomeOf(
  run: DurableOperation<StepOutcome>,
): DurableOperation<StepOutcome> {
  try {
    return yield* run;
  } catch (thrown) {
    return {
      status: "failed",
      error: parseTaskFailure(thrown),
      usage: noUsage,
    };
  }
}

/** With the delays below a day and more, so that an outage of the hub does not leave a workflow waiting. */
const announcements = 300;
const longestDelayMs = 300_000;

/**
 * Whatever the reason, an announcement that failed is made again: two steps that both end unheard would leave the
 * workflow waiting for ever. Giving up in the end serves those whose workflow is gone; the outcome is the same.
 */
function* announce(
  context: OrchestrationContext,
  { orchestrationId, stepId, traceparent }: StepInput,
): DurableOperation<void> {
  for (let attempt = 1; attempt <= announcements; attempt++) {
    const told = yield* callActivity(context, notifyStepSettledActivity, {
      orchestrationId,
      stepId,
      instanceId: orchestrationId,
      ...(traceparent !== undefined && { traceparent }),
    });
    if (told.ok) return;
    yield* sleep(context, Math.min(1_000 * 2 ** attempt, longestDelayMs));
  }
}
