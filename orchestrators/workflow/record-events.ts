/** Records history events concurrently with the steps. */
import { recordHistoryActivity } from "../../src/domain/contracts";
import { startActivity } from "../../src/domain/durable/calls";
import type { DurableOperation } from "../../src/domain/durable/context";
import {
  isTaskSettled,
  type PendingTask,
} from "../../src/domain/durable/pending-task";
import { awaitAnswer } from "../../src/domain/durable/waits";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { orchestrationMetadata, type WorkflowRun } from "./workflow-run";

/**
 * Starts one activity that records all pending events, with the next wait of the workflow. It includes events whose
 * record failed or has no known result, but is not started for these only: in a storage outage each failure would cause
 * an immediate retry.
 */
export function* startRecordingEvents(
  run: WorkflowRun,
): DurableOperation<readonly PendingTask<null>[]> {
  yield* collectFailedEvents(
    run,
    run.records.filter(({ pending }) => isTaskSettled(pending)),
  );
  if (run.pendingEvents.length === 0) return [];
  const events = takeEvents(run);
  const { orchestrationId, traceparent, resumption } = run.input;
  const pending = startActivity(run.context, recordHistoryActivity, {
    orchestrationId,
    events,
    ...(traceparent !== undefined && { traceparent }),
    ...(resumption !== undefined && { resumption }),
    // Idempotent, and ignored if the orchestration has ended.
    status: "running",
    ...(events.some(isOrchestrationEvent) && {
      metadata: orchestrationMetadata(run),
    }),
  });
  run.records.push({ events, pending });
  return [pending];
}

/** Waits for the running records and returns the events that remain to be written. */
export function* drainEvents(
  run: WorkflowRun,
): DurableOperation<readonly OrchestrationEvent[]> {
  yield* collectFailedEvents(run, [...run.records]);
  return takeEvents(run);
}

const isOrchestrationEvent = ({ type }: OrchestrationEvent): boolean =>
  type.startsWith("orchestration.");

const takeEvents = (run: WorkflowRun): readonly OrchestrationEvent[] => [
  ...run.failedEvents.splice(0),
  ...run.pendingEvents.splice(0),
];

function* collectFailedEvents(
  run: WorkflowRun,
  records: WorkflowRun["records"],
): DurableOperation<void> {
  for (const record of records) {
    run.records.splice(run.records.indexOf(record), 1);
    const result = yield* awaitAnswer(record.pending);
    if (result?.ok !== true) run.failedEvents.push(...record.events);
  }
}
