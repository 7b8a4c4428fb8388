import { odata, type TableClient } from "@azure/data-tables";
import type { Ready } from "./clients";
import type { RowKeys } from "./document-row";
import type { Placed, SessionQueue } from "./ports";
import { isStatus, reaching } from "./storage-error";
import { toKey } from "./table-key";

/** `AosSessionQueue`: the partition is the session, the row key orders those who wait; the first row is whose turn it is. */
export const sessionTable = (table: Ready<TableClient>): SessionQueue => ({
  join: (placed) =>
    reaching(`the place of ${placed.id}`, async () => {
      const { place, id } = placed;
      const row = { ...keysOf(placed), ...place, id };
      await (await table()).upsertEntity(row, "Replace");
    }),

  first: (session) =>
    reaching(`the session ${session}`, async () => {
      const filter = odata`PartitionKey eq ${toKey(session)}`;
      const pages = (await table())
        .listEntities<Row>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1 });
      // A page may be empty and still have more behind it.
      for await (const rows of pages)
        for (const { id, position } of rows)
          return { id, place: { session, position } };
      return undefined;
    }),

  leave: (placed) =>
    reaching(`the place of ${placed.id}`, async () => {
      const { partitionKey, rowKey } = keysOf(placed);
      try {
        await (await table()).deleteEntity(partitionKey, rowKey);
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
      }
    }),
});

interface Row {
  readonly id: string;
  readonly session: string;
  readonly position: string;
}

const keysOf = ({ id, place }: Placed): RowKeys => ({
  partitionKey: toKey(place.session),
  rowKey: toKey(`${place.position}-${id}`),
});
