/** Writes down what became known, beside the work rather than before it. */
import { recordHistory } from "../../src/model/contracts";
import {
  isSettled,
  outcome,
  type Pending,
  startActivity,
  type Steps,
} from "../../src/model/durable";
import type { HistoryRow } from "../../src/model/history";
import { aboutOf, type Run } from "./run";

/**
 * One record of all that is due, to be started with the next wait. What failed to be written goes along, but is no
 * reason of its own for a record: while storage is away, each failure would wake the workflow to try at once again.
 */
export function* recordDue(run: Run): Steps<readonly Pending<null>[]> {
  yield* read(
    run,
    run.records.filter(({ pending }) => isSettled(pending)),
  );
  if (run.due.length === 0) return [];
  const rows = takeUnwritten(run);
  const pending = startActivity(run.context, recordHistory, {
    orchestrationId: run.input.orchestrationId,
    rows,
    ...(run.input.traceparent !== undefined && {
      traceparent: run.input.traceparent,
    }),
    // An ended orchestration stays as it ended, and saying this again changes nothing.
    status: "running",
    ...(rows.some(isOfOrchestration) && { about: aboutOf(run) }),
  });
  run.records.push({ rows, pending });
  return [pending];
}

/** Waits for the records under way; gives the rows that are still to be written. */
export function* lastRows(run: Run): Steps<readonly HistoryRow[]> {
  yield* read(run, [...run.records]);
  return takeUnwritten(run);
}

const isOfOrchestration = ({ type }: HistoryRow): boolean =>
  type.startsWith("orchestration.");

const takeUnwritten = (run: Run): readonly HistoryRow[] => [
  ...run.unwritten.splice(0),
  ...run.due.splice(0),
];

function* read(run: Run, records: Run["records"]): Steps<void> {
  for (const record of records) {
    run.records.splice(run.records.indexOf(record), 1);
    const written = yield* outcome(record.pending);
    if (!written.ok) run.unwritten.push(...record.rows);
  }
}
