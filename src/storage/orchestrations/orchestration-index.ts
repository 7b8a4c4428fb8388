/**
 * The index that lists orchestrations newest first. Its entries are rows without content, by time, workflow and status.
 *
 * 1. An entry is written before the summary row that it describes: a crash in between leaves a superfluous entry, never
 *    a missing one.
 * 2. An entry counts only while the summary row matches it.
 * 3. An entry is deleted only when the summary row can never match it again.
 */
import type {
  OrchestrationStatus,
  OrchestrationSummary,
} from "../../domain/history/orchestration-history";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import type { OrchestrationQuery } from "../ports";
import type { RowKeys } from "../table/document-row";
import { toReverseTimestamp, toTableKey } from "../table/table-key";

const timePartition = "by-time";
const workflowPartition = (workflow: string): string =>
  `by-workflow:${toTableKey(workflow)}`;
const statusPartition = (status: OrchestrationStatus): string =>
  `by-status:${status}`;

type IndexedSummary = Pick<
  OrchestrationSummary,
  "id" | "createdAt" | "workflow" | "status"
>;

const toIndexRowKey = ({ id, createdAt }: IndexedSummary): string =>
  `${toReverseTimestamp(new Date(createdAt))}-${id}`;

export const isIndexRowKey = (text: string): boolean =>
  /^\d{13}-[A-Za-z0-9._:-]+$/.test(text);

/** The orchestration id follows the timestamp of 13 digits and a hyphen. */
export const indexedOrchestrationId = ({ rowKey }: RowKeys): string =>
  rowKey.slice(14);

/** The entries of an orchestration by time, workflow and current status. */
export const indexEntries = (summary: IndexedSummary): readonly RowKeys[] => [
  { partitionKey: timePartition, rowKey: toIndexRowKey(summary) },
  {
    partitionKey: workflowPartition(summary.workflow),
    rowKey: toIndexRowKey(summary),
  },
  statusIndexEntry(summary, summary.status),
];

export const statusIndexEntry = (
  summary: IndexedSummary,
  status: OrchestrationStatus,
): RowKeys => ({
  partitionKey: statusPartition(status),
  rowKey: toIndexRowKey(summary),
});

/** Row keys of one partition, bounds included. */
export interface IndexRange {
  readonly partitionKey: string;
  readonly from: string;
  readonly to: string;
  /** Exclusive lower bound: the last row key of the previous page. */
  readonly after?: string;
}

/** The narrowest range that contains all matches of the query. */
export const indexRange = (
  query: OrchestrationQuery,
  after?: string,
): IndexRange => ({
  partitionKey: queryPartition(query),
  // Later times sort first. `-` sorts before, and `~` after, the first character of any id.
  from: query.to === undefined ? "0" : `${toReverseTimestamp(query.to)}-`,
  to: query.from === undefined ? "9~" : `${toReverseTimestamp(query.from)}-~`,
  ...(after !== undefined && { after }),
});

function queryPartition({ status, workflow }: OrchestrationQuery): string {
  if (status !== undefined) return statusPartition(status);
  return workflow === undefined ? timePartition : workflowPartition(workflow);
}

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

/** `possible`: the summary row does not match the entry yet. `obsolete`: it can never match the entry again. */
export type IndexEntryState = "current" | "possible" | "obsolete";

export function indexState(
  entry: RowKeys,
  summary: OrchestrationSummary | undefined,
): IndexEntryState {
  // The summary row is written after its entries.
  if (summary === undefined) return "possible";
  const isCurrent = indexEntries(summary).some(
    ({ partitionKey, rowKey }) =>
      partitionKey === entry.partitionKey && rowKey === entry.rowKey,
  );
  if (isCurrent) return "current";
  // Another row key belongs to an earlier orchestration with this id.
  const isSameRun = entry.rowKey === toIndexRowKey(summary);
  return isSameRun && mayMatchLater(entry, summary) ? "possible" : "obsolete";
}

const mayMatchLater = (
  { partitionKey }: RowKeys,
  summary: OrchestrationSummary,
): boolean =>
  !isTerminalStatus(summary.status) &&
  partitionKey !== statusPartition("pending");
