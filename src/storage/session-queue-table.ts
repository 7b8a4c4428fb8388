import { odata, type TableClient } from "@azure/data-tables";
import type { LazyClient } from "./clients";
import type { RowKeys } from "./table/document-row";
import type { QueuedOrchestration, SessionQueue } from "./ports";
import { readRows } from "./table/read-rows";
import { hasStatusCode, wrapStorageErrors } from "./storage-error";
import { toTableKey } from "./table/table-key";

/** `AosSessionQueue`: the partition is the session, the row key orders those who wait; the first row is whose turn it is. */
export const createSessionQueue = (
  table: LazyClient<TableClient>,
): SessionQueue => ({
  enqueue: (placed) =>
    wrapStorageErrors(`the place of ${placed.id}`, async () => {
      const { place, id } = placed;
      const row = { ...keysOf(placed), ...place, id };
      await (await table()).upsertEntity(row, "Replace");
    }),

  head: (session) =>
    wrapStorageErrors(`the session ${session}`, async () => {
      const filter = odata`PartitionKey eq ${toTableKey(session)}`;
      const pages = (await table())
        .listEntities<Row>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1 });
      // A page may be empty and still have more behind it.
      for await (const rows of pages)
        for (const { id, position } of rows)
          return { id, place: { session, position } };
      return undefined;
    }),

  orchestrationIds: (session) =>
    wrapStorageErrors(`the session ${session}`, async () => {
      const rows = await readRows(await table(), toTableKey(session));
      return new Set(rows.map((row) => String(row["id"])));
    }),

  remove: (placed) =>
    wrapStorageErrors(`the place of ${placed.id}`, async () => {
      const { partitionKey, rowKey } = keysOf(placed);
      try {
        await (await table()).deleteEntity(partitionKey, rowKey);
      } catch (error) {
        if (!hasStatusCode(error, 404)) throw error;
      }
    }),
});

interface Row {
  readonly id: string;
  readonly session: string;
  readonly position: string;
}

const keysOf = ({ id, place }: QueuedOrchestration): RowKeys => ({
  partitionKey: toTableKey(place.session),
  rowKey: toTableKey(`${place.position}-${id}`),
});
