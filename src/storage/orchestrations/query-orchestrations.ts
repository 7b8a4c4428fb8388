import { odata, type TableClient } from "@azure/data-tables";
import { AosError } from "../../domain/errors";
import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import type { RowKeys } from "../table/document-row";
import {
  indexedOrchestrationId,
  type IndexRange,
  isIndexRowKey,
  matchesQuery,
  indexRange,
  indexState,
} from "./orchestration-index";
import type { OrchestrationQuery, ResultPage } from "../ports";
import { hasStatusCode } from "../storage-error";

interface Source {
  readonly table: TableClient;
  readonly find: (id: string) => Promise<OrchestrationSummary | undefined>;
}

/** Hints looked up together, and hints after which a page ends, full or not, so that a rare tag costs bounded work. */
const batchSize = 50;
const mostHints = 2_000;

/** A page of the index, each hint held against its summary. */
export async function queryOrchestrations(
  query: OrchestrationQuery,
  source: Source,
): Promise<ResultPage<OrchestrationSummary>> {
  const range = indexRange(query, fromCursor(query.cursor));
  const found: Hit[] = [];
  let seen = 0;
  for await (const hints of hintBatches(source.table, range)) {
    found.push(...(await hitsOf(hints, query, source)));
    // One more than wanted tells that there is another page.
    if (found.length > query.limit) {
      const hits = found.slice(0, query.limit);
      return page(hits, hits.at(-1)?.hint);
    }
    seen += hints.length;
    if (seen >= mostHints) return page(found, hints.at(-1));
  }
  return page(found, undefined);
}

interface Hit {
  readonly hint: RowKeys;
  readonly summary: OrchestrationSummary;
}

async function hitsOf(
  hints: readonly RowKeys[],
  query: OrchestrationQuery,
  { table, find }: Source,
): Promise<readonly Hit[]> {
  const looked = await Promise.all(
    hints.map(async (hint): Promise<readonly Hit[]> => {
      const summary = await find(indexedOrchestrationId(hint));
      const worth = indexState(hint, summary);
      if (worth === "never") await deleteIndexEntry(table, hint);
      const isHit =
        worth === "right" &&
        summary !== undefined &&
        matchesQuery(summary, query);
      return isHit ? [{ hint, summary }] : [];
    }),
  );
  return looked.flat();
}

const page = (
  hits: readonly Hit[],
  last: RowKeys | undefined,
): ResultPage<OrchestrationSummary> => ({
  items: hits.map(({ summary }) => summary),
  ...(last !== undefined && { cursor: toCursor(last.rowKey) }),
});

async function* hintBatches(
  table: TableClient,
  range: IndexRange,
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
    .byPage({ maxPageSize: batchSize });
  for await (const rows of pages)
    yield rows.map((row) => ({
      partitionKey: row.partitionKey ?? partitionKey,
      rowKey: row.rowKey ?? "",
    }));
}

/** Removing what somebody else has removed is no error. */
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
    "The cursor is not one that a list gave. Pass on the cursor of the page before, or none for the first page.",
  );
}
