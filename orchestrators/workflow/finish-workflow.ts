import type { TaskResult } from "../../src/domain/answers/answer";
import {
  type FinishInput,
  finishOrchestrationActivity,
  releaseSessionActivity,
  type WorkflowInput,
  type WorkflowOutput,
} from "../../src/domain/contracts";
import { startActivity } from "../../src/domain/durable/calls";
import {
  currentTime,
  type DurableOperation,
} from "../../src/domain/durable/context";
import { scopeForTemplate } from "../../src/domain/expression/evaluate-in-scope";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import type { Json, Payload } from "../../src/domain/payload";
import { longRetry } from "../../src/domain/retry/retry-policy";
import type { WorkflowResult } from "../../src/domain/workflow/decide-next-steps";
import { callWithRetry } from "../step/call-with-retry";
import { drainEvents } from "./record-events";
import {
  orchestrationMetadata,
  workflowScope,
  type WorkflowRun,
} from "./workflow-run";

/**
 * Records and returns the result. The hub's instance completes even if the workflow failed, so that an instance fails only
 * for a reason that the workflow did not record (docs/adr/0013-hub-failures.md).
 */
export function* finishWorkflow(
  run: WorkflowRun,
  result: WorkflowResult,
): DurableOperation<WorkflowOutput> {
  const events = yield* drainEvents(run);
  const completed = yield* complete(run, events, result);
  if (completed.ok) {
    yield* releaseSession(run);
    return { status: "completed", output: completed.value };
  }
  const error = completed.failure;
  const recorded = yield* writeResult(run, events, {
    status: "failed",
    error,
  });
  yield* releaseSession(run);
  if (recorded.ok) return { status: "failed", error };
  throw new Error(
    `${error.message} The failure could not be recorded: ${recorded.failure.message}`,
  );
}

/** Fails if the output template cannot be rendered; the workflow then fails with that error. */
function* complete(
  run: WorkflowRun,
  events: readonly OrchestrationEvent[],
  result: WorkflowResult,
): DurableOperation<TaskResult<Payload>> {
  if (result.status === "failed") return { ok: false, failure: result.error };
  const outputTemplate = getOutputTemplate(run.input);
  const scope = scopeForTemplate(outputTemplate, workflowScope(run));
  return yield* writeResult(run, events, {
    status: "completed",
    outputTemplate,
    scope,
  });
}

function getOutputTemplate({ definition }: WorkflowInput): Json {
  const last = definition.steps.at(-1);
  const lastOutput = last === undefined ? null : `\${steps.${last.id}.output}`;
  return definition.output ?? lastOutput;
}

function writeResult(
  run: WorkflowRun,
  events: readonly OrchestrationEvent[],
  result: FinishInput["result"],
): DurableOperation<TaskResult<Payload>> {
  const { orchestrationId, reply, resumption } = run.input;
  // One time for all attempts, so that they write the same events.
  const at = currentTime(run.context);
  const { usage, startedAt } = run;
  const metadata = orchestrationMetadata(run);
  return callWithRetry(
    run.context,
    // Outlasts an outage of Service Bus, because this activity sends the response.
    { retry: longRetry },
    {
      name: "finish",
      start: () =>
        startActivity(run.context, finishOrchestrationActivity, {
          orchestrationId,
          at,
          events,
          usage,
          result,
          startedAt,
          metadata,
          ...(reply !== undefined && { reply }),
          ...(resumption !== undefined && { resumption }),
        }),
    },
  );
}

/** Ignores a final failure: the sweeper repairs the session queue long before the last retry. */
function* releaseSession({
  context,
  input,
}: WorkflowRun): DurableOperation<void> {
  const { orchestrationId, queuePosition: position } = input;
  if (position === undefined) return;
  yield* callWithRetry(
    context,
    { retry: longRetry },
    {
      name: "releaseSession",
      start: () =>
        startActivity(context, releaseSessionActivity, {
          orchestrationId,
          queuePosition: position,
        }),
    },
  );
}
