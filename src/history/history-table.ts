import type { TableClient } from "@azure/data-tables";
import type { HistoryRow } from "../model/history";
import type { Ready } from "./clients";
import { fromDocumentRow, toDocumentRow } from "./document-row";
import type { HistoryLog } from "./ports";
import { reaching } from "./storage-error";
import { writeOver } from "./write-rows";
import { rowsOf } from "./read-rows";

/** `AosHistory`: the partition is the orchestration, the row key is the key of the fact, which orders by time. */
export const historyTable = (table: Ready<TableClient>): HistoryLog => ({
  append: (id, rows) =>
    reaching(`the history of ${id}`, async () => {
      const facts = latestOf(rows);
      const written = await writeOver(
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
    reaching(`the history of ${id}`, async () => {
      const found = await rowsOf(await table(), id);
      return found
        .map((row) => fromDocumentRow(row) as HistoryRow)
        .sort(byTimeThenKey);
    }),
});

/** A transaction must not name a row twice. */
const latestOf = (rows: readonly HistoryRow[]): readonly HistoryRow[] => [
  ...new Map(rows.map((row) => [row.key, row])).values(),
];

const byTimeThenKey = (a: HistoryRow, b: HistoryRow): number =>
  Date.parse(a.at) - Date.parse(b.at) || (a.key < b.key ? -1 : 1);
