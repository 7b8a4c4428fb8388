import {
  type FinishInput,
  finishOrchestration,
  leaveSession,
  type WorkflowInput,
} from "../../src/model/contracts";
import {
  now,
  type Settled,
  startActivity,
  type Steps,
} from "../../src/model/durable";
import type { HistoryRow } from "../../src/model/history";
import type { Json, Payload } from "../../src/model/payload";
import { patientRetry } from "../../src/model/retry";
import type { WorkflowEnd } from "../../src/model/scheduler";
import { scopeFor } from "../../src/model/scope";
import { attempted } from "../step/attempts";
import { lastRows } from "./record";
import { aboutOf, type Run, wholeScope } from "./run";

/** Writes the end and gives the output; throws the failure, so that the instance is failed as well. */
export function* finish(
  run: Run,
  end: WorkflowEnd,
): Steps<{ readonly output: Payload }> {
  const rows = yield* lastRows(run);
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
  run: Run,
  rows: readonly HistoryRow[],
  end: WorkflowEnd,
): Steps<Settled<Payload>> {
  if (end.status === "failed") return { ok: false, failure: end.error };
  const outputTemplate = outputOf(run.input);
  const scope = scopeFor(outputTemplate, wholeScope(run));
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
  run: Run,
  rows: readonly HistoryRow[],
  result: FinishInput["result"],
): Steps<Settled<Payload>> {
  const { orchestrationId, reply } = run.input;
  // One time for all attempts, so that they write the same rows.
  const at = now(run.context);
  const { usage, startedAt } = run;
  const about = aboutOf(run);
  return attempted(
    run.context,
    // The answer is sent when Service Bus is back, however long that takes.
    { retry: patientRetry },
    {
      name: "finish",
      start: () =>
        startActivity(run.context, finishOrchestration, {
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
function* letNextBegin({ context, input }: Run): Steps<void> {
  const { orchestrationId, place } = input;
  if (place === undefined) return;
  yield* attempted(
    context,
    { retry: patientRetry },
    {
      name: "leave",
      start: () =>
        startActivity(context, leaveSession, { orchestrationId, place }),
    },
  );
}
