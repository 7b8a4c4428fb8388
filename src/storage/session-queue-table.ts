import { odata, type TableClient } from "@azure/data-tables";
import type { LazyClient } from "./clients";
import type { QueuedOrchestration, SessionQueue } from "./ports";
import { hasStatusCode, wrapStorageErrors } from "./storage-error";
import type { RowKeys } from "./table/document-row";
import { readRows } from "./table/read-rows";
import { toTableKey } from "./table/table-key";

/** `AosSessionQueue`: partition key = session, row key = position and orchestration id. */
export const createSessionQueue = (
  table: LazyClient<TableClient>,
): SessionQueue => ({
  enqueue: (entry) =>
    wrapStorageErrors(`the session queue entry of ${entry.id}`, async () => {
      const { queuePosition, id } = entry;
      const row = { ...toRowKeys(entry), ...queuePosition, id };
      await (await table()).upsertEntity(row, "Replace");
    }),

  head: (session) =>
    wrapStorageErrors(`the queue of session ${session}`, async () => {
      const filter = odata`PartitionKey eq ${toTableKey(session)}`;
      const pages = (await table())
        .listEntities<QueueRow>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1 });
      // Table storage may return an empty page before others.
      for await (const rows of pages)
        for (const { id, position } of rows)
          return { id, queuePosition: { session, position } };
      return undefined;
    }),

  orchestrationIds: (session) =>
    wrapStorageErrors(`the queue of session ${session}`, async () => {
      const rows = await readRows(await table(), toTableKey(session));
      return new Set(rows.map((row) => String(row["id"])));
    }),

  remove: (entry) =>
    wrapStorageErrors(`the session queue entry of ${entry.id}`, async () => {
      const { partitionKey, rowKey } = toRowKeys(entry);
      try {
        await (await table()).deleteEntity(partitionKey, rowKey);
      } catch (error) {
        if (!hasStatusCode(error, 404)) throw error;
      }
    }),
});

interface QueueRow {
  readonly id: string;
  readonly session: string;
  readonly position: string;
}

const toRowKeys = ({ id, queuePosition }: QueuedOrchestration): RowKeys => ({
  partitionKey: toTableKey(queuePosition.session),
  rowKey: toTableKey(`${queuePosition.position}-${id}`),
});
