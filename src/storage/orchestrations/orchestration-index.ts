/**
 * The index that lists orchestrations newest first. Its rows are hints:
 *
 * 1. A hint is written before the summary that it points to says so; a crash in between leaves a hint too many, never
 *    one too few.
 * 2. A hint counts only while the summary agrees with it.
 * 3. A hint is removed only when the summary can never come to agree with it.
 */
import type {
  OrchestrationStatus,
  OrchestrationSummary,
} from "../../domain/history/orchestration-history";
import { hasTerminalStatus } from "./orchestration-row";
import type { RowKeys } from "../table/document-row";
import type { OrchestrationQuery } from "../ports";
import { toReverseTimestamp, toTableKey } from "../table/table-key";

const byTime = "by-time";
const byWorkflow = (workflow: string): string =>
  `by-workflow:${toTableKey(workflow)}`;
const byStatus = (status: OrchestrationStatus): string => `by-status:${status}`;

type Indexed = Pick<
  OrchestrationSummary,
  "id" | "createdAt" | "workflow" | "status"
>;

const hintKey = ({ id, createdAt }: Indexed): string =>
  `${toReverseTimestamp(new Date(createdAt))}-${id}`;

const hintId = (rowKey: string): string => rowKey.slice(14);

export const isIndexRowKey = (text: string): boolean =>
  /^\d{13}-[A-Za-z0-9._:-]+$/.test(text);

/** The hints of a new orchestration. */
export const indexEntries = (summary: Indexed): readonly RowKeys[] => [
  { partitionKey: byTime, rowKey: hintKey(summary) },
  { partitionKey: byWorkflow(summary.workflow), rowKey: hintKey(summary) },
  statusIndexEntry(summary, summary.status),
];

export const statusIndexEntry = (
  summary: Indexed,
  status: OrchestrationStatus,
): RowKeys => ({ partitionKey: byStatus(status), rowKey: hintKey(summary) });

/** The part of the index to read for a query: the narrowest partition, from and up to which row key. */
export interface IndexRange {
  readonly partitionKey: string;
  readonly from: string;
  readonly to: string;
  /** Row key after which to go on. */
  readonly after?: string;
}

export const indexRange = (
  query: OrchestrationQuery,
  after?: string,
): IndexRange => ({
  partitionKey: partitionOf(query),
  // Later times come first. `-` is less, and `~` greater, than whatever an id begins with.
  from: query.to === undefined ? "0" : `${toReverseTimestamp(query.to)}-`,
  to: query.from === undefined ? "9~" : `${toReverseTimestamp(query.from)}-~`,
  ...(after !== undefined && { after }),
});

function partitionOf({ status, workflow }: OrchestrationQuery): string {
  if (status !== undefined) return byStatus(status);
  return workflow === undefined ? byTime : byWorkflow(workflow);
}

export const indexedOrchestrationId = ({ rowKey }: RowKeys): string =>
  hintId(rowKey);

export function matchesQuery(
  summary: OrchestrationSummary,
  { status, workflow, tag }: OrchestrationQuery,
): boolean {
  if (status !== undefined && summary.status !== status) return false;
  if (workflow !== undefined && summary.workflow !== workflow) return false;
  return (
    tag === undefined ||
    (Object.hasOwn(summary.tags, tag.key) &&
      summary.tags[tag.key] === tag.value)
  );
}

export type IndexEntryState = "right" | "not now" | "never";

/** What a hint is worth, given the summary that it points to. */
export function indexState(
  hint: RowKeys,
  summary: OrchestrationSummary | undefined,
): IndexEntryState {
  // Its summary may be about to be written.
  if (summary === undefined) return "not now";
  const isTrue = indexEntries(summary).some(
    ({ partitionKey, rowKey }) =>
      partitionKey === hint.partitionKey && rowKey === hint.rowKey,
  );
  if (isTrue) return "right";
  // When it began never changes; what it is does, until it has ended. Only it is not pending again.
  const isOfThisRun = hint.rowKey === hintKey(summary);
  return isOfThisRun && mayBecome(hint, summary) ? "not now" : "never";
}

const mayBecome = (
  { partitionKey }: RowKeys,
  summary: OrchestrationSummary,
): boolean =>
  !hasTerminalStatus(summary) && partitionKey !== byStatus("pending");
