/** Writes down what became known, beside the work rather than before it. */
import { recordHistoryActivity } from "../../src/domain/contracts";
import {
  isTaskSettled,
  awaitResult,
  type PendingTask,
  startActivity,
  type DurableOperation,
} from "../../src/domain/durable";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { orchestrationMetadata, type WorkflowRun } from "./workflow-run";

/**
 * One record of all that is due, to be started with the next wait. What failed to be written goes along, but is no
 * reason of its own for a record: while storage is away, each failure would wake the workflow to try at once again.
 */
export function* startRecordingEvents(
  run: WorkflowRun,
): DurableOperation<readonly PendingTask<null>[]> {
  yield* read(
    run,
    run.records.filter(({ pending }) => isTaskSettled(pending)),
  );
  if (run.pendingEvents.length === 0) return [];
  const rows = takeUnwritten(run);
  const pending = startActivity(run.context, recordHistoryActivity, {
    orchestrationId: run.input.orchestrationId,
    rows,
    ...(run.input.traceparent !== undefined && {
      traceparent: run.input.traceparent,
    }),
    // An ended orchestration stays as it ended, and saying this again changes nothing.
    status: "running",
    ...(rows.some(isOfOrchestration) && { about: orchestrationMetadata(run) }),
  });
  run.records.push({ rows, pending });
  return [pending];
}

/** Waits for the records under way; gives the rows that are still to be written. */
export function* drainEvents(
  run: WorkflowRun,
): DurableOperation<readonly OrchestrationEvent[]> {
  yield* read(run, [...run.records]);
  return takeUnwritten(run);
}

const isOfOrchestration = ({ type }: OrchestrationEvent): boolean =>
  type.startsWith("orchestration.");

const takeUnwritten = (run: WorkflowRun): readonly OrchestrationEvent[] => [
  ...run.failedEvents.splice(0),
  ...run.pendingEvents.splice(0),
];

function* read(
  run: WorkflowRun,
  records: WorkflowRun["records"],
): DurableOperation<void> {
  for (const record of records) {
    run.records.splice(run.records.indexOf(record), 1);
    const written = yield* awaitResult(record.pending);
    if (!written.ok) run.failedEvents.push(...record.rows);
  }
}
