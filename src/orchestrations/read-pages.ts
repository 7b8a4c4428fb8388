import type { OrchestrationSummary } from "../domain/history/orchestration-history";
import type { OrchestrationQuery, Storage } from "../storage/ports";

const pageSize = 100;

/** Reads the pages of a query one after another, each when the previous one has been processed. */
export async function* readPages(
  { orchestrations }: Storage,
  query: Omit<OrchestrationQuery, "limit" | "cursor">,
): AsyncGenerator<readonly OrchestrationSummary[]> {
  let cursor: string | undefined;
  do {
    const page = await orchestrations.list({
      ...query,
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    });
    yield page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
