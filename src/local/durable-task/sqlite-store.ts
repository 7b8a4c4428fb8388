import { existsSync } from "node:fs";
import Database from "libsql";
import type { HistoryEvent } from "./history-event";
import type { Instance } from "./instance";
import type { Message } from "./message";
import { schema, schemaVersion } from "./sqlite-schema";
import {
  type Commit,
  type EntityRow,
  type HistoryChange,
  type InstanceFilter,
  type Store,
  TaskHubError,
} from "./store";

type Row = Readonly<Record<string, string | number | null>>;

/**
 * Opens the hub's file, or makes it. The write-ahead log is flushed to disk with every commit (`synchronous=FULL`):
 * what `commit` has returned from survives a power cut.
 */
export function openSqliteStore(path: string): Store {
  const database = open(path);
  const statements = prepare(database);
  const run = database.transaction((commits: readonly Commit[]) => {
    for (const commit of commits) write(statements, commit);
  });
  return {
    commit: (commits) => {
      run(commits);
    },
    instance: (id) => {
      const row = statements.instance.get(id) as Row | undefined;
      return row && toInstance(row);
    },
    instances: (filter) => select(database, filter),
    history: (id) =>
      (statements.history.all(id) as Row[]).map(({ text, input }) => ({
        event: JSON.parse(String(text)) as HistoryEvent,
        text: String(text),
        input: textOrNull(input),
      })),
    entity: (id) => {
      const row = statements.entity.get(id) as Row | undefined;
      return row && toEntity(row);
    },
    inbox: () =>
      (statements.inbox.all() as Row[]).map((row) => ({
        id: Number(row["id"]),
        to: String(row["instance_id"]),
        message: JSON.parse(String(row["message"])) as Message,
      })),
    lastInboxId: () => Number((statements.lastInboxId.get() as Row)["last"]),
    close: () => {
      // One file is left behind, not a file and its log.
      database.pragma("wal_checkpoint(TRUNCATE)");
      database.close();
    },
  };
}

function open(path: string): Database.Database {
  const isNew = !existsSync(path);
  const database = opened(path);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version > schemaVersion)
      throw new TaskHubError(
        "task_hub_newer",
        `The task hub file ${path} was written by a newer version of the task hub; update this one, or move the file away to start empty.`,
      );
    if (isNew || version === 0) create(database);
    else check(database, path);
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof TaskHubError) throw cause;
    throw damaged(path, cause);
  }
}

function opened(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (cause) {
    throw damaged(path, cause);
  }
}

const create = (database: Database.Database): void => {
  database.transaction(() => {
    database.exec(schema);
    database.pragma(`user_version = ${schemaVersion}`);
  })();
};

function check(database: Database.Database, path: string): void {
  const result = database.prepare("pragma quick_check(1)").all() as Row[];
  const verdict = Object.values(result[0] ?? {})[0];
  if (verdict !== "ok") throw damaged(path, String(verdict).split("\n").at(-1));
}

const damaged = (path: string, cause: unknown): TaskHubError =>
  new TaskHubError(
    "task_hub_damaged",
    `The task hub file ${path} is damaged (${cause instanceof Error ? cause.message : String(cause)}). ` +
      "Restore it from a copy, or move it and its -wal file away to start with an empty hub.",
    { cause },
  );

type Statements = ReturnType<typeof prepare>;

const prepare = (database: Database.Database) => ({
  putInstance: database.prepare(
    "insert or replace into instances values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  ),
  clearHistory: database.prepare("delete from history where instance_id = ?"),
  addEvent: database.prepare("insert into history values (?, ?, ?, ?)"),
  putEntity: database.prepare(
    "insert or replace into entities values (?, ?, ?, ?)",
  ),
  addMessage: database.prepare("insert into inbox values (?, ?, ?)"),
  removeMessage: database.prepare("delete from inbox where id = ?"),
  instance: database.prepare("select * from instances where instance_id = ?"),
  history: database.prepare(
    "select text, input from history where instance_id = ? order by seq",
  ),
  entity: database.prepare("select * from entities where entity_id = ?"),
  inbox: database.prepare("select * from inbox order by id"),
  lastInboxId: database.prepare(
    "select coalesce(max(id), 0) as last from inbox",
  ),
});

function write(
  to: Statements,
  {
    instances = [],
    histories = [],
    entity,
    consumed = [],
    received = [],
  }: Commit,
): void {
  for (const instance of instances)
    to.putInstance.run(...fromInstance(instance));
  for (const change of histories) writeHistory(to, change);
  if (entity) to.putEntity.run(...fromEntity(entity));
  for (const id of consumed) to.removeMessage.run(id);
  for (const row of received)
    to.addMessage.run(row.id, row.to, JSON.stringify(row.message));
}

const fromEntity = ({ entityId, exists, state, updatedAt }: EntityRow) => [
  entityId,
  exists ? 1 : 0,
  state,
  updatedAt,
];

function writeHistory(
  to: Statements,
  { instanceId, from, events }: HistoryChange,
): void {
  if (from === 0) to.clearHistory.run(instanceId);
  events.forEach(({ text, input }, index) =>
    to.addEvent.run(instanceId, from + index, text, input),
  );
}

const fromInstance = (instance: Instance) => [
  instance.instanceId,
  instance.executionId,
  instance.name,
  instance.version,
  instance.status,
  instance.input,
  instance.output,
  instance.customStatus,
  instance.failureDetails && JSON.stringify(instance.failureDetails),
  instance.parent && JSON.stringify(instance.parent),
  instance.createdAt,
  instance.updatedAt,
];

const textOrNull = (value: string | number | null | undefined) =>
  typeof value === "string" ? value : null;
const parsedOrNull = (value: string | number | null | undefined) =>
  typeof value === "string" ? (JSON.parse(value) as unknown) : null;

const toInstance = (row: Row): Instance => ({
  instanceId: String(row["instance_id"]),
  executionId: String(row["execution_id"]),
  name: String(row["name"]),
  version: String(row["version"]),
  status: String(row["status"]) as Instance["status"],
  input: textOrNull(row["input"]),
  output: textOrNull(row["output"]),
  customStatus: textOrNull(row["custom_status"]),
  failureDetails: parsedOrNull(
    row["failure_details"],
  ) as Instance["failureDetails"],
  parent: parsedOrNull(row["parent"]) as Instance["parent"],
  createdAt: Number(row["created_at"]),
  updatedAt: Number(row["updated_at"]),
});

const toEntity = (row: Row): EntityRow => ({
  entityId: String(row["entity_id"]),
  exists: row["exists"] === 1,
  state: textOrNull(row["state"]),
  updatedAt: Number(row["updated_at"]),
});

function select(
  database: Database.Database,
  { status, createdFrom, createdTo, idPrefix }: InstanceFilter,
): readonly Instance[] {
  const rows = database
    .prepare(
      `select * from instances
       where created_at >= ? and created_at <= ? and substr(instance_id, 1, length(?)) = ?
         and (? = '' or instr(?, ',' || status || ',') > 0)
       order by instance_id`,
    )
    .all(
      createdFrom ?? 0,
      createdTo ?? Number.MAX_SAFE_INTEGER,
      idPrefix ?? "",
      idPrefix ?? "",
      status?.join(",") ?? "",
      `,${status?.join(",") ?? ""},`,
    ) as Row[];
  return rows.map(toInstance);
}
