import { isTerminalStatus } from "../../domain/history/terminal-status";
import type { Payload } from "../../domain/payload";
import type { Claim, SummaryChange } from "../ports";
import {
  fromDocumentRow,
  type RowColumns,
  type RowKeys,
  toDocumentRow,
} from "../table/document-row";

/** The JSON document of a summary row. */
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
  return toDocumentRow(summaryKeys(id), record, { status, createdAt });
}

export const fromSummaryRow = (row: RowColumns): OrchestrationRecord =>
  fromDocumentRow(row) as OrchestrationRecord;

/**
 * The changed record, or undefined when the change does not apply. Changes may arrive late or twice: an ended
 * orchestration never changes, and one that has started never returns to `pending`.
 */
export function applySummaryChange(
  record: OrchestrationRecord,
  { output, ...change }: SummaryChange,
): OrchestrationRecord | undefined {
  const { summary } = record;
  if (isTerminalStatus(summary.status)) return undefined;
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
