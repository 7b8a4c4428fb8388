import type { TableClient, TransactionAction } from "@azure/data-tables";
import type { RowColumns, RowKeys } from "./document-row";
import { hasStatusCode } from "../storage-error";

type Row = RowKeys & RowColumns;

/** What a transaction may hold: 100 rows, and 4 MiB on the wire, which this many characters stay below. */
const maxRows = 100;
const maxCharacters = 1_000_000;

/** Inserts rows of one partition with as few transactions as they fit in; fails with 409 on one that exists. */
export async function insertRows(
  table: TableClient,
  rows: readonly Row[],
): Promise<void> {
  for (const batch of batchesOf(rows)) await insert(table, batch);
}

/** Writes rows of one partition over those that exist. Gives the keys of those that did not: they are new. */
export async function upsertRows(
  table: TableClient,
  rows: readonly Row[],
): Promise<ReadonlySet<string>> {
  const added = new Set<string>();
  for (const batch of batchesOf(rows))
    for (const row of await writtenOver(table, batch)) added.add(row.rowKey);
  return added;
}

/** One transaction when all are new, as they are but for what is done again after a crash; then each by itself. */
async function writtenOver(
  table: TableClient,
  batch: readonly Row[],
): Promise<readonly Row[]> {
  try {
    await insert(table, batch);
    return batch;
  } catch (error) {
    if (!hasStatusCode(error, 409)) throw error;
  }
  const added: Row[] = [];
  for (const row of batch)
    try {
      await table.createEntity(row);
      added.push(row);
    } catch (error) {
      if (!hasStatusCode(error, 409)) throw error;
      await table.upsertEntity(row, "Replace");
    }
  return added;
}

const insert = (table: TableClient, batch: readonly Row[]) =>
  table.submitTransaction(
    batch.map((row): TransactionAction => ["create", row]),
  );

function batchesOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const batches: Row[][] = [];
  let room = 0;
  for (const row of rows) {
    const size = charactersOf(row);
    const last = batches.at(-1);
    if (last !== undefined && last.length < maxRows && size <= room) {
      last.push(row);
      room -= size;
    } else {
      batches.push([row]);
      room = maxCharacters - size;
    }
  }
  return batches;
}

const charactersOf = (row: Row): number =>
  Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 0),
    0,
  );
