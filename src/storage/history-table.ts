import type { TableClient } from "@azure/data-tables";
import type { OrchestrationEvent } from "../domain/history/orchestration-history";
import type { LazyClient } from "./clients";
import type { HistoryLog } from "./ports";
import { wrapStorageErrors } from "./storage-error";
import { fromDocumentRow, toDocumentRow } from "./table/document-row";
import { readRows } from "./table/read-rows";
import { upsertRows } from "./table/write-rows";

/** `AosEvents`: partition key = orchestration id, row key = key of the event, which sorts by time. */
export const createHistoryLog = (
  table: LazyClient<TableClient>,
): HistoryLog => ({
  append: (id, events) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      const latest = keepLatest(events);
      const inserted = await upsertRows(
        await table(),
        latest.map((event) =>
          toDocumentRow({ partitionKey: id, rowKey: event.key }, event, {
            type: event.type,
            at: event.at,
          }),
        ),
      );
      return latest.filter(({ key }) => inserted.has(key));
    }),

  read: (id) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      const rows = await readRows(await table(), id);
      return rows
        .map((row) => fromDocumentRow(row) as OrchestrationEvent)
        .sort(byTimeThenKey);
    }),
});

/** A transaction must not contain a key twice. */
const keepLatest = (
  events: readonly OrchestrationEvent[],
): readonly OrchestrationEvent[] => [
  ...new Map(events.map((event) => [event.key, event])).values(),
];

const byTimeThenKey = (a: OrchestrationEvent, b: OrchestrationEvent): number =>
  Date.parse(a.at) - Date.parse(b.at) || (a.key < b.key ? -1 : 1);
