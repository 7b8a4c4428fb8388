import {
  RestError,
  type TableClient,
  type TableEntity,
  type TransactionAction,
} from "@azure/data-tables";
import { AosError } from "../errors";

export type Row = Readonly<Record<string, unknown>>;

/** Makes a client for the table of a name. */
export type TableOpener = (name: string) => TableClient;

/** A table that is made, if it is not there, before it is first used. */
export class Table {
  readonly #open: () => TableClient;
  #ready: Promise<TableClient> | undefined;

  constructor(open: TableOpener, name: string) {
    this.#open = () => open(name);
  }

  /** Runs `work` on the table; what cannot be reached fails with `storage_unavailable`. */
  async use<Result>(
    work: (client: TableClient) => Promise<Result>,
  ): Promise<Result> {
    return reaching(async () => work(await this.#client()));
  }

  /** Writes rows of one partition; rows that are there are replaced. */
  async put(rows: readonly TableEntity[]): Promise<void> {
    const [only] = rows;
    if (only === undefined) return;
    await this.use(async (client) => {
      if (rows.length === 1) return client.upsertEntity(only, "Replace");
      for (let at = 0; at < rows.length; at += transactionLimit) {
        const actions = rows
          .slice(at, at + transactionLimit)
          .map((row): TransactionAction => ["upsert", row, "Replace"]);
        await client.submitTransaction(actions);
      }
      return undefined;
    });
  }

  /** Row keys that pass the filter, in their order. */
  async *pagesOfKeys(
    filter: string,
    maxPageSize: number,
  ): AsyncGenerator<readonly string[]> {
    const pages = await this.use((client) =>
      Promise.resolve(
        client
          .listEntities({ queryOptions: { filter, select: ["rowKey"] } })
          .byPage({ maxPageSize }),
      ),
    );
    for (;;) {
      const next = await reaching(() => pages.next());
      if (next.done === true) return;
      yield next.value.flatMap(({ rowKey }) => rowKey ?? []);
    }
  }

  /** All rows that pass the filter, by row key. */
  async rows(filter: string): Promise<readonly Row[]> {
    return this.use(async (client) => {
      const rows: Row[] = [];
      for await (const row of client.listEntities<Row>({
        queryOptions: { filter },
      }))
        rows.push(row);
      return rows;
    });
  }

  async #client(): Promise<TableClient> {
    this.#ready ??= this.#create();
    try {
      return await this.#ready;
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }

  async #create(): Promise<TableClient> {
    const client = this.#open();
    await client.createTable();
    return client;
  }
}

/** Rows that one transaction may hold. */
const transactionLimit = 100;

/** Runs `work`; a service that cannot be reached or cannot serve now becomes `storage_unavailable`. */
export async function reaching<Result>(
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isOutage(error)) throw error;
    const reason = (error as Error).message.split("\n")[0] ?? "";
    throw new AosError(
      "storage_unavailable",
      `Storage could not be reached (${reason}). Check that the account exists, that it may be reached from here, and try again.`,
      { cause: error },
    );
  }
}

/** Recognised by its fields: the tables' and the blobs' errors are classes of different packages. */
function isOutage(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  if (!("name" in error) || error.name !== "RestError") return false;
  const status = "statusCode" in error ? error.statusCode : undefined;
  return typeof status !== "number" || status === 429 || status >= 500;
}

export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof RestError && error.statusCode === status;
