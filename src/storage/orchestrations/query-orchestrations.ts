import { odata, type TableClient } from "@azure/data-tables";
import { AosError } from "../../domain/errors";
import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import type { OrchestrationQuery, ResultPage } from "../ports";
import { hasStatusCode } from "../storage-error";
import type { RowKeys } from "../table/document-row";
import {
  indexedOrchestrationId,
  indexRange,
  type IndexRange,
  indexState,
  isIndexRowKey,
  matchesQuery,
} from "./orchestration-index";

interface QuerySource {
  readonly table: TableClient;
  readonly find: (id: string) => Promise<OrchestrationSummary | undefined>;
}

const batchSize = 50;
/** A page ends after this number of index entries even if it is not full, so that a rare tag costs bounded work. */
const maxEntriesPerPage = 2_000;

/** A page of the index. Compares each entry with its summary row and deletes obsolete entries. */
export async function queryOrchestrations(
  query: OrchestrationQuery,
  source: QuerySource,
): Promise<ResultPage<OrchestrationSummary>> {
  const range = indexRange(query, fromCursor(query.cursor));
  const found: Match[] = [];
  let entriesRead = 0;
  const pageSize = Math.min(batchSize, query.limit + 1);
  for await (const entries of readEntries(source.table, range, pageSize)) {
    found.push(...(await findMatches(entries, query, source)));
    // One more than requested: there is another page.
    if (found.length > query.limit) {
      const matches = found.slice(0, query.limit);
      return toPage(matches, matches.at(-1)?.entry);
    }
    entriesRead += entries.length;
    if (entriesRead >= maxEntriesPerPage) return toPage(found, entries.at(-1));
  }
  return toPage(found, undefined);
}

interface Match {
  readonly entry: RowKeys;
  readonly summary: OrchestrationSummary;
}

async function findMatches(
  entries: readonly RowKeys[],
  query: OrchestrationQuery,
  { table, find }: QuerySource,
): Promise<readonly Match[]> {
  const matches = await Promise.all(
    entries.map(async (entry): Promise<readonly Match[]> => {
      const summary = await find(indexedOrchestrationId(entry));
      const state = indexState(entry, summary);
      if (state === "obsolete") await deleteIndexEntry(table, entry);
      const isMatch =
        state === "current" &&
        summary !== undefined &&
        matchesQuery(summary, query);
      return isMatch ? [{ entry, summary }] : [];
    }),
  );
  return matches.flat();
}

const toPage = (
  matches: readonly Match[],
  last: RowKeys | undefined,
): ResultPage<OrchestrationSummary> => ({
  items: matches.map(({ summary }) => summary),
  ...(last !== undefined && { cursor: toCursor(last.rowKey) }),
});

async function* readEntries(
  table: TableClient,
  range: IndexRange,
  pageSize: number,
): AsyncGenerator<readonly RowKeys[]> {
  const { partitionKey, from, to, after } = range;
  const start =
    after === undefined || after < from
      ? odata`RowKey ge ${from}`
      : odata`RowKey gt ${after}`;
  const filter = `${odata`PartitionKey eq ${partitionKey}`} and ${start} and ${odata`RowKey le ${to}`}`;
  const pages = table
    .listEntities({
      queryOptions: { filter, select: ["PartitionKey", "RowKey"] },
    })
    .byPage({ maxPageSize: pageSize });
  for await (const rows of pages)
    yield rows.map((row) => ({
      partitionKey: row.partitionKey ?? partitionKey,
      rowKey: row.rowKey ?? "",
    }));
}

/** Idempotent. */
export async function deleteIndexEntry(
  table: TableClient,
  { partitionKey, rowKey }: RowKeys,
): Promise<void> {
  try {
    await table.deleteEntity(partitionKey, rowKey);
  } catch (error) {
    if (!hasStatusCode(error, 404)) throw error;
  }
}

const toCursor = (rowKey: string): string =>
  Buffer.from(rowKey).toString("base64url");

function fromCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const rowKey = Buffer.from(cursor, "base64url").toString("utf8");
  if (isIndexRowKey(rowKey)) return rowKey;
  throw new AosError(
    "invalid_request",
    "The cursor is not valid. Pass the cursor of the previous page, or none for the first page.",
  );
}
