import type {
  OrchestrationStatus,
  OrchestrationSummary,
} from "../../domain/history/orchestration-history";
import type { Payload } from "../../domain/payload";
import {
  type RowColumns,
  fromDocumentRow,
  type RowKeys,
  toDocumentRow,
} from "../table/document-row";
import type { Claim, SummaryChange } from "../ports";

/** What the summary row of an orchestration holds. */
export interface OrchestrationRecord extends Omit<Claim, "etag"> {
  readonly output?: Payload;
}

export const summaryKeys = (id: string): RowKeys => ({
  partitionKey: id,
  rowKey: "summary",
});

export function toSummaryRow(
  record: OrchestrationRecord,
): RowKeys & RowColumns {
  const { id, status, createdAt } = record.summary;
  return toDocumentRow(summaryKeys(id), record, {
    status,
    createdAt,
  });
}

export const fromSummaryRow = (row: RowColumns): OrchestrationRecord =>
  fromDocumentRow(row) as OrchestrationRecord;

const endedStatuses: ReadonlySet<OrchestrationStatus> = new Set([
  "completed",
  "failed",
  "terminated",
]);

export const hasTerminalStatus = ({
  status,
}: Pick<OrchestrationSummary, "status">): boolean => endedStatuses.has(status);

/**
 * The record after the change, or undefined when it stays as it is: one that ended stays as it ended, and one that has
 * begun is not pending again, however late a repeated or delayed change arrives.
 */
export function applySummaryChange(
  record: OrchestrationRecord,
  { output, ...change }: SummaryChange,
): OrchestrationRecord | undefined {
  const { summary } = record;
  if (hasTerminalStatus(summary)) return undefined;
  if (change.status === "pending" && summary.status !== "pending")
    return undefined;
  const updatedAt =
    change.updatedAt > summary.updatedAt ? change.updatedAt : summary.updatedAt;
  return {
    ...record,
    summary: { ...summary, ...change, updatedAt },
    ...(output !== undefined && { output }),
  };
}
