import {
  type FinishInput,
  finishOrchestrationActivity,
  releaseSessionActivity,
  type WorkflowInput,
} from "../../src/domain/contracts";
import {
  currentTime,
  type TaskResult,
  startActivity,
  type DurableOperation,
} from "../../src/domain/durable";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import type { Json, Payload } from "../../src/domain/payload";
import { longRetry } from "../../src/domain/retry/retry-policy";
import type { WorkflowResult } from "../../src/domain/workflow/decide-next-steps";
import { scopeForTemplate } from "../../src/domain/expression/evaluate-in-scope";
import { callWithRetry } from "../step/call-with-retry";
import { drainEvents } from "./record-events";
import {
  orchestrationMetadata,
  type WorkflowRun,
  workflowScope,
} from "./workflow-run";

/** Writes the end and gives the output; throws the failure, so that the instance is failed as well. */
export function* finishWorkflow(
  run: WorkflowRun,
  end: WorkflowResult,
): DurableOperation<{ readonly output: Payload }> {
  const rows = yield* drainEvents(run);
  const completed = yield* complete(run, rows, end);
  if (completed.ok) {
    yield* letNextBegin(run);
    return { output: completed.value };
  }
  const error = completed.failure;
  const told = yield* write(run, rows, { status: "failed", error });
  yield* letNextBegin(run);
  const untold = told.ok
    ? ""
    : ` And it could not be written down: ${told.failure.message}`;
  throw new Error(`${error.message}${untold}`);
}

/** A bad output template is found out here, so that completing can turn into failing. */
function* complete(
  run: WorkflowRun,
  rows: readonly OrchestrationEvent[],
  end: WorkflowResult,
): DurableOperation<TaskResult<Payload>> {
  if (end.status === "failed") return { ok: false, failure: end.error };
  const outputTemplate = outputOf(run.input);
  const scope = scopeForTemplate(outputTemplate, workflowScope(run));
  return yield* write(run, rows, {
    status: "completed",
    outputTemplate,
    scope,
  });
}

function outputOf({ definition }: WorkflowInput): Json {
  const last = definition.steps.at(-1);
  const otherwise = last === undefined ? null : `\${steps.${last.id}.output}`;
  return definition.output ?? otherwise;
}

function write(
  run: WorkflowRun,
  rows: readonly OrchestrationEvent[],
  result: FinishInput["result"],
): DurableOperation<TaskResult<Payload>> {
  const { orchestrationId, reply } = run.input;
  // One time for all attempts, so that they write the same rows.
  const at = currentTime(run.context);
  const { usage, startedAt } = run;
  const about = orchestrationMetadata(run);
  return callWithRetry(
    run.context,
    // The answer is sent when Service Bus is back, however long that takes.
    { retry: longRetry },
    {
      name: "finish",
      start: () =>
        startActivity(run.context, finishOrchestrationActivity, {
          orchestrationId,
          at,
          rows,
          usage,
          result,
          startedAt,
          about,
          ...(reply !== undefined && { reply }),
        }),
    },
  );
}

/** Of its session. Should this fail for a day, the sweeper has long done it. */
function* letNextBegin({
  context,
  input,
}: WorkflowRun): DurableOperation<void> {
  const { orchestrationId, place } = input;
  if (place === undefined) return;
  yield* callWithRetry(
    context,
    { retry: longRetry },
    {
      name: "leave",
      start: () =>
        startActivity(context, releaseSessionActivity, {
          orchestrationId,
          place,
        }),
    },
  );
}
