import type { TableClient, TransactionAction } from "@azure/data-tables";
import { hasStatusCode } from "../storage-error";
import type { RowColumns, RowKeys } from "./document-row";

type TableRow = RowKeys & RowColumns;

/** A transaction holds at most 100 rows and 4 MiB. One million characters stay below 4 MiB. */
const maxRows = 100;
const maxCharacters = 1_000_000;

/** Inserts rows of one partition in as few transactions as possible. Throws 409 when a row exists. */
export async function insertRows(
  table: TableClient,
  rows: readonly TableRow[],
): Promise<void> {
  for (const batch of toBatches(rows)) await insertBatch(table, batch);
}

/** Inserts the rows of one partition that do not exist yet, and returns their keys. */
export async function insertNewRows(
  table: TableClient,
  rows: readonly TableRow[],
): Promise<ReadonlySet<string>> {
  const inserted = new Set<string>();
  for (const batch of toBatches(rows))
    for (const row of await insertNewBatch(table, batch))
      inserted.add(row.rowKey);
  return inserted;
}

/** Uses one transaction if all rows are new. After a crash some exist: then writes row by row. */
async function insertNewBatch(
  table: TableClient,
  batch: readonly TableRow[],
): Promise<readonly TableRow[]> {
  try {
    await insertBatch(table, batch);
    return batch;
  } catch (error) {
    if (!hasStatusCode(error, 409)) throw error;
  }
  const inserted: TableRow[] = [];
  for (const row of batch)
    try {
      await table.createEntity(row);
      inserted.push(row);
    } catch (error) {
      if (!hasStatusCode(error, 409)) throw error;
    }
  return inserted;
}

const insertBatch = (table: TableClient, batch: readonly TableRow[]) =>
  table.submitTransaction(
    batch.map((row): TransactionAction => ["create", row]),
  );

function toBatches(
  rows: readonly TableRow[],
): readonly (readonly TableRow[])[] {
  const batches: TableRow[][] = [];
  let remaining = 0;
  for (const row of rows) {
    const size = countCharacters(row);
    const last = batches.at(-1);
    if (last !== undefined && last.length < maxRows && size <= remaining) {
      last.push(row);
      remaining -= size;
    } else {
      batches.push([row]);
      remaining = maxCharacters - size;
    }
  }
  return batches;
}

const countCharacters = (row: TableRow): number =>
  Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 0),
    0,
  );
