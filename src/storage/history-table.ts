import type { TableClient } from "@azure/data-tables";
import type { OrchestrationEvent } from "../domain/history/orchestration-history";
import type { LazyClient } from "./clients";
import { fromDocumentRow, toDocumentRow } from "./table/document-row";
import type { HistoryLog } from "./ports";
import { wrapStorageErrors } from "./storage-error";
import { upsertRows } from "./table/write-rows";
import { readRows } from "./table/read-rows";

/** `AosHistory`: the partition is the orchestration, the row key is the key of the fact, which orders by time. */
export const createHistoryLog = (
  table: LazyClient<TableClient>,
): HistoryLog => ({
  append: (id, rows) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      const facts = latestOf(rows);
      const written = await upsertRows(
        await table(),
        facts.map((row) =>
          toDocumentRow({ partitionKey: id, rowKey: row.key }, row, {
            type: row.type,
            at: row.at,
          }),
        ),
      );
      return facts.filter(({ key }) => written.has(key));
    }),

  read: (id) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      const found = await readRows(await table(), id);
      return found
        .map((row) => fromDocumentRow(row) as OrchestrationEvent)
        .sort(byTimeThenKey);
    }),
});

/** A transaction must not name a row twice. */
const latestOf = (
  rows: readonly OrchestrationEvent[],
): readonly OrchestrationEvent[] => [
  ...new Map(rows.map((row) => [row.key, row])).values(),
];

const byTimeThenKey = (a: OrchestrationEvent, b: OrchestrationEvent): number =>
  Date.parse(a.at) - Date.parse(b.at) || (a.key < b.key ? -1 : 1);
