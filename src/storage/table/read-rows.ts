import { odata, type TableClient } from "@azure/data-tables";
import type { RowColumns } from "./document-row";

/** The rows of a partition in the order of their keys, optionally filtered by a further OData condition. */
export async function readRows(
  table: TableClient,
  partitionKey: string,
  condition?: string,
): Promise<readonly RowColumns[]> {
  const partition = odata`PartitionKey eq ${partitionKey}`;
  const filter =
    condition === undefined ? partition : `${partition} and ${condition}`;
  const rows: RowColumns[] = [];
  const entities = table.listEntities({ queryOptions: { filter } });
  for await (const row of entities) rows.push(row);
  return rows;
}
