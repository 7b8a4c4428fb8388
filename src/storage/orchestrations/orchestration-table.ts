import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import { AosError } from "../../domain/errors";
import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import { omitUndefined } from "../../domain/omit-undefined";
import type { LazyClient } from "../clients";
import type { Claim, OrchestrationStore, SummaryChange } from "../ports";
import {
  hasStatusCode,
  isRowNotFound,
  wrapStorageErrors,
} from "../storage-error";
import type { RowKeys } from "../table/document-row";
import { indexEntries, statusIndexEntry } from "./orchestration-index";
import {
  applySummaryChange,
  fromSummaryRow,
  type OrchestrationRecord,
  summaryKeys,
  toSummaryRow,
} from "./orchestration-row";
import { deleteIndexEntry, queryOrchestrations } from "./query-orchestrations";

/** `AosOrchestrations`: one summary row per orchestration, and the entries of the index. */
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
      const { summary, fingerprint, start, claimedAt, taskHub } = found.record;
      const { queuePosition, waiting, resumption, settled } = found.record;
      return {
        summary,
        fingerprint,
        start,
        claimedAt,
        taskHub,
        ...omitUndefined({ queuePosition, waiting, resumption, settled }),
        etag: found.etag,
      };
    }),

  takeOver: (claim, change) =>
    wrapStorageErrors(`the claim of ${claim.summary.id}`, async () => {
      const { etag, ...record } = claim;
      return replaceRecord(
        await table(),
        {
          ...record,
          ...change,
          ...(claim.waiting === true && { waiting: false }),
        },
        etag,
      );
    }),

  update: (id, change, etag) =>
    wrapStorageErrors(`the orchestration ${id}`, async () =>
      updateRecord(await table(), id, change, etag),
    ),

  markSettled: (id) =>
    wrapStorageErrors(`the orchestration ${id}`, async () =>
      markSettled(await table(), id),
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
    wrapStorageErrors("the orchestrations table", async () => {
      // The row does not exist; any response shows that the table can be reached.
      await readRecord(await table(), "@check");
    }),
});

async function insertClaim(
  table: TableClient,
  claim: Omit<Claim, "etag">,
): Promise<"claimed" | "exists"> {
  await Promise.all(
    indexEntries(claim.summary).map((entry) => writeIndexEntry(table, entry)),
  );
  const claimToken = randomUUID();
  try {
    await table.createEntity({ ...toSummaryRow(claim), claimToken });
    return "claimed";
  } catch (error) {
    if (!hasStatusCode(error, 409)) throw error;
    // The client repeats a request whose response was lost: the existing row may be from this call.
    const found = await table.getEntity(claim.summary.id, "summary");
    return found["claimToken"] === claimToken ? "claimed" : "exists";
  }
}

interface StoredRecord {
  readonly record: OrchestrationRecord;
  readonly etag: string;
}

async function readRecord(
  table: TableClient,
  id: string,
): Promise<StoredRecord | undefined> {
  const { partitionKey, rowKey } = summaryKeys(id);
  try {
    const row = await table.getEntity(partitionKey, rowKey);
    return { record: fromSummaryRow(row), etag: row.etag };
  } catch (error) {
    if (isRowNotFound(error)) return undefined;
    throw error;
  }
}

/** False when the row was changed or deleted after it was read. */
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

/** Optimistic concurrency: reads and writes again after a conflict. */
async function updateRecord(
  table: TableClient,
  id: string,
  change: SummaryChange,
  etag: string | undefined,
): Promise<boolean> {
  for (;;) {
    const found = await readRecord(table, id);
    if (found === undefined) throw orchestrationNotFound(id);
    if (etag !== undefined && found.etag !== etag) return false;
    const next = applySummaryChange(found.record, change);
    if (next === undefined) return false;
    const before = found.record.summary;
    const after = next.summary;
    const hasNewStatus = after.status !== before.status;
    if (hasNewStatus)
      await writeIndexEntry(table, statusIndexEntry(after, after.status));
    if (!(await replaceRecord(table, next, found.etag))) continue;
    // Queries delete the other obsolete entries, which a crash or earlier statuses have left.
    if (hasNewStatus && isFinalChange(before, after))
      await deleteIndexEntry(table, statusIndexEntry(before, before.status));
    return true;
  }
}

async function markSettled(table: TableClient, id: string): Promise<void> {
  for (;;) {
    const found = await readRecord(table, id);
    if (found === undefined) throw orchestrationNotFound(id);
    const next = { ...found.record, settled: true };
    if (found.record.settled === true) return;
    if (await replaceRecord(table, next, found.etag)) return;
  }
}

/** Whether the orchestration can never return to the status that it had before. */
const isFinalChange = (
  before: OrchestrationSummary,
  after: OrchestrationSummary,
): boolean => before.status === "pending" || isTerminalStatus(after.status);

async function writeIndexEntry(
  table: TableClient,
  entry: RowKeys,
): Promise<void> {
  await table.upsertEntity({ ...entry }, "Replace");
}

const orchestrationNotFound = (id: string): AosError =>
  new AosError(
    "orchestration_not_found",
    `The orchestration "${id}" has no row; it may have been deleted while it ran. Start it again.`,
  );
