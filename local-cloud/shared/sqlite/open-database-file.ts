import Database from "libsql";

export interface DatabaseFile {
  readonly path: string;
  /** Existing files are checked in full, which takes about one second per gigabyte. */
  readonly isNew: boolean;
  /** SQL that creates the tables in an empty file. */
  readonly schema: string;
  /** The file's `user_version`; increase it when the schema changes. */
  readonly version: number;
  /** Sets pragmas before the first read. */
  readonly configure: (database: Database.Database) => void;
  /** Runs after the schema has been created. */
  readonly onCreated?: (database: Database.Database) => void;
  readonly versionError: () => Error;
  /** Error for a file that SQLite cannot open or read, with SQLite's error as `cause`. */
  readonly unusableError: (cause: unknown) => Error;
}

type Row = Readonly<Record<string, unknown>>;

/** Opens or creates a SQLite file. Detects damage when the file is opened, not later while it is in use. */
export function openDatabaseFile(file: DatabaseFile): Database.Database {
  const wrapErrors = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw file.unusableError(cause);
    }
  };
  const database = wrapErrors(() => new Database(file.path));
  try {
    const found = wrapErrors(() => {
      file.configure(database);
      return readVersion(database);
    });
    if (found !== 0 && found !== file.version) throw file.versionError();
    wrapErrors(() => {
      if (!file.isNew) checkIntegrity(database);
      if (found !== 0) return;
      create(database, file);
      file.onCreated?.(database);
    });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readVersion(database: Database.Database): number {
  // libsql returns a row even with the `simple` option.
  const [row] = database.pragma("user_version") as Row[];
  return Number(row?.["user_version"]);
}

function create(
  database: Database.Database,
  { schema, version }: DatabaseFile,
): void {
  database.transaction(() => {
    database.exec(schema);
    database.pragma(`user_version = ${version}`);
  })();
}

function checkIntegrity(database: Database.Database): void {
  const result = database.prepare("pragma quick_check(1)").all() as Row[];
  const verdict = String(Object.values(result[0] ?? {})[0]);
  if (verdict !== "ok") throw new Error(verdict.split("\n").at(-1));
}
