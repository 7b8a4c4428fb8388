import type { TableClient, TransactionAction } from "@azure/data-tables";
import type { Columns, RowKeys } from "./document-row";

type Row = RowKeys & Columns;

/** What a transaction may hold: 100 rows, and 4 MiB on the wire, which this many characters stay below. */
const maxRows = 100;
const maxCharacters = 1_000_000;

/** Writes rows of one partition with as few transactions as they fit in; `create` fails with 409 on one that exists. */
export async function writeRows(
  table: TableClient,
  mode: "create" | "upsert",
  rows: readonly Row[],
): Promise<void> {
  for (const batch of batchesOf(rows)) {
    const actions = batch.map((row): TransactionAction =>
      mode === "create" ? ["create", row] : ["upsert", row, "Replace"],
    );
    await table.submitTransaction(actions);
  }
}

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
