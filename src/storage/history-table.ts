import type { TableClient } from "@azure/data-tables";
import { compareEvents } from "../domain/history/create-event";
import type { OrchestrationEvent } from "../domain/history/orchestration-history";
import type { LazyClient } from "./clients";
import type { HistoryLog } from "./ports";
import { wrapStorageErrors } from "./storage-error";
import {
  fromDocumentRow,
  type RowColumns,
  type RowKeys,
  toDocumentRow,
} from "./table/document-row";
import { readRows } from "./table/read-rows";
import { insertNewRows } from "./table/write-rows";

/** `AosEvents`: partition key = orchestration id, row key = key of the event. */
export const createHistoryLog = (
  table: LazyClient<TableClient>,
): HistoryLog => ({
  append: (id, events) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      const unique = keepFirst(events);
      const inserted = await insertNewRows(
        await table(),
        unique.map((event) => toEventRow(id, event)),
      );
      return unique.filter(({ key }) => inserted.has(key));
    }),

  replace: (id, event) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      await (await table()).upsertEntity(toEventRow(id, event), "Replace");
    }),

  read: (id) =>
    wrapStorageErrors(`the history of ${id}`, async () => {
      const rows = await readRows(await table(), id);
      return rows
        .map((row) => fromDocumentRow(row) as OrchestrationEvent)
        .sort(compareEvents);
    }),
});

const toEventRow = (
  id: string,
  event: OrchestrationEvent,
): RowKeys & RowColumns =>
  toDocumentRow({ partitionKey: id, rowKey: event.key }, event, {
    type: event.type,
    at: event.at,
  });

/** A transaction must not contain a key twice. */
function keepFirst(
  events: readonly OrchestrationEvent[],
): readonly OrchestrationEvent[] {
  const keys = new Set<string>();
  return events.filter(({ key }) => keys.size < keys.add(key).size);
}
