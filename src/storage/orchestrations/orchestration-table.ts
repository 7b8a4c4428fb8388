import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import { AosError } from "../../domain/errors";
import { omitUndefined } from "../../domain/omit-undefined";
import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import type { LazyClient } from "../clients";
import type { RowKeys } from "../table/document-row";
import { indexEntries, statusIndexEntry } from "./orchestration-index";
import { queryOrchestrations, deleteIndexEntry } from "./query-orchestrations";
import {
  applySummaryChange,
  fromSummaryRow,
  hasTerminalStatus,
  type OrchestrationRecord,
  summaryKeys,
  toSummaryRow,
} from "./orchestration-row";
import type { Claim, OrchestrationStore, SummaryChange } from "../ports";
import {
  isRowNotFound,
  hasStatusCode,
  wrapStorageErrors,
} from "../storage-error";

/** `AosOrchestrations`: a summary row for each orchestration, and the index rows that list them. */
export const createOrchestrationStore = (
  table: LazyClient<TableClient>,
): OrchestrationStore => ({
  claim: (claim) =>
    wrapStorageErrors(`the claim of ${claim.summary.id}`, async () =>
      insertClaim(await table(), claim),
    ),

  find: (id) =>
    wrapStorageErrors(`the orchestration ${id}`, async () => {
      const found = await readRecord(await table(), id);
      if (found === undefined) return undefined;
      const { summary, fingerprint, start, claimedAt } = found.record;
      const { place, waiting } = found.record;
      return {
        summary,
        fingerprint,
        start,
        claimedAt,
        ...omitUndefined({ place, waiting }),
        etag: found.etag,
      };
    }),

  takeOver: (claim, now) =>
    wrapStorageErrors(`the claim of ${claim.summary.id}`, async () => {
      const { etag, ...record } = claim;
      return replaceRecord(
        await table(),
        {
          ...record,
          claimedAt: now.toISOString(),
          ...(claim.waiting === true && { waiting: false }),
        },
        etag,
      );
    }),

  update: (id, change) =>
    wrapStorageErrors(`the orchestration ${id}`, async () =>
      updateRecord(await table(), id, change),
    ),

  output: (id) =>
    wrapStorageErrors(`the output of ${id}`, async () => {
      const found = await readRecord(await table(), id);
      return found?.record.output;
    }),

  list: (query) =>
    wrapStorageErrors("the list of orchestrations", async () =>
      queryOrchestrations(query, {
        table: await table(),
        find: async (id) =>
          (await readRecord(await table(), id))?.record.summary,
      }),
    ),

  check: () =>
    wrapStorageErrors("the table of orchestrations", async () => {
      // Asks for a row that is not there: an answer is all that is wanted.
      await readRecord(await table(), "@check");
    }),
});

async function insertClaim(
  table: TableClient,
  claim: Omit<Claim, "etag">,
): Promise<"claimed" | "exists"> {
  await Promise.all(
    indexEntries(claim.summary).map((hint) => writeHint(table, hint)),
  );
  const claimToken = randomUUID();
  try {
    await table.createEntity({ ...toSummaryRow(claim), claimToken });
    return "claimed";
  } catch (error) {
    if (!hasStatusCode(error, 409)) throw error;
    // The client repeats a request whose answer was lost: what is in the way may be our own row.
    const found = await table.getEntity(claim.summary.id, "summary");
    return found["claimToken"] === claimToken ? "claimed" : "exists";
  }
}

interface Found {
  readonly record: OrchestrationRecord;
  readonly etag: string;
}

async function readRecord(
  table: TableClient,
  id: string,
): Promise<Found | undefined> {
  const { partitionKey, rowKey } = summaryKeys(id);
  try {
    const row = await table.getEntity(partitionKey, rowKey);
    return { record: fromSummaryRow(row), etag: row.etag };
  } catch (error) {
    if (isRowNotFound(error)) return undefined;
    throw error;
  }
}

/** False when the row has changed, or gone, since it was read. */
async function replaceRecord(
  table: TableClient,
  record: OrchestrationRecord,
  etag: string,
): Promise<boolean> {
  try {
    await table.updateEntity(toSummaryRow(record), "Replace", { etag });
    return true;
  } catch (error) {
    if (hasStatusCode(error, 412) || isRowNotFound(error)) return false;
    throw error;
  }
}

/** Reads, decides and writes until nobody has written in between. */
async function updateRecord(
  table: TableClient,
  id: string,
  change: SummaryChange,
): Promise<boolean> {
  for (;;) {
    const found = await readRecord(table, id);
    if (found === undefined) throw noSuchOrchestration(id);
    const next = applySummaryChange(found.record, change);
    if (next === undefined) return false;
    const { summary: before } = found.record;
    if (next.summary.status !== before.status)
      await writeHint(
        table,
        statusIndexEntry(next.summary, next.summary.status),
      );
    if (!(await replaceRecord(table, next, found.etag))) continue;
    // What is left of others, after a crash here or from further back, is removed by whoever lists them.
    if (next.summary.status !== before.status && isOver(before, next.summary))
      await deleteIndexEntry(table, statusIndexEntry(before, before.status));
    return true;
  }
}

/** Whether the orchestration can never again have the status that it had before. */
const isOver = (
  before: OrchestrationSummary,
  next: OrchestrationSummary,
): boolean => before.status === "pending" || hasTerminalStatus(next);

async function writeHint(table: TableClient, hint: RowKeys): Promise<void> {
  await table.upsertEntity({ ...hint }, "Replace");
}

const noSuchOrchestration = (id: string): AosError =>
  new AosError(
    "orchestration_not_found",
    `There is no row of orchestration "${id}" to write to; it may have been deleted while it ran. Start it again.`,
  );
