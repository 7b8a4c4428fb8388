import Database from "libsql";

export interface VersionedFile {
  readonly path: string;
  /** Whether nothing is in it. What has been there is checked whole, at about a second for a gigabyte. */
  readonly isNew: boolean;
  /** What makes each version of the one before it, in SQL. */
  readonly migrations: readonly string[];
  /** Sets how the file is written, before anything is read. */
  readonly prepare: (database: Database.Database) => void;
  /** Done when the file has been brought to this version from an earlier one. */
  readonly migrated?: (database: Database.Database) => void;
  /** The error for a file of a later version. */
  readonly newer: () => Error;
  /** The error for a file that cannot be worked with, of what SQLite says of it. */
  readonly unusable: (cause: unknown) => Error;
}

type Row = Readonly<Record<string, unknown>>;

/** Opens a SQLite file, or makes it, and brings it to this version. What is damaged is said now and not in the middle of the work. */
export function openVersionedFile(file: VersionedFile): Database.Database {
  const { path, isNew, migrations, prepare, migrated } = file;
  const database = guarded(file, () => new Database(path));
  try {
    const version = guarded(file, () => {
      prepare(database);
      return versionOf(database);
    });
    if (version > migrations.length) throw file.newer();
    guarded(file, () => {
      if (!isNew) check(database);
      if (version === migrations.length) return;
      migrate(database, migrations, version);
      migrated?.(database);
    });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function guarded<Result>(
  { unusable }: Pick<VersionedFile, "unusable">,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (cause) {
    throw unusable(cause);
  }
}

function versionOf(database: Database.Database): number {
  // Asked for the bare value (`simple`), libsql still gives a row.
  const [row] = database.pragma("user_version") as Row[];
  return Number(row?.["user_version"]);
}

/** All steps that are missing, or none. */
const migrate = (
  database: Database.Database,
  migrations: readonly string[],
  from: number,
): void => {
  database.transaction(() => {
    for (const step of migrations.slice(from)) database.exec(step);
    database.pragma(`user_version = ${migrations.length}`);
  })();
};

function check(database: Database.Database): void {
  const result = database.prepare("pragma quick_check(1)").all() as Row[];
  const verdict = String(Object.values(result[0] ?? {})[0]);
  if (verdict !== "ok") throw new Error(verdict.split("\n").at(-1));
}
