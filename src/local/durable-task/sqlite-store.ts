import type Database from "libsql";
import { openHubFile } from "./sqlite-file";
import { SqliteLists } from "./sqlite-lists";
import {
  fromEntity,
  fromEvents,
  fromInstance,
  type Row,
  toEntity,
  toInboxRow,
  toInstance,
  toStoredEvents,
} from "./sqlite-rows";
import type { Commit, HistoryChange, Store } from "./store";

/** Keeps the hub in one SQLite file. What `commit` has returned from survives a power cut. */
export function openSqliteStore(path: string): Store {
  const database = openHubFile(path);
  const statements = prepare(database);
  const lists = new SqliteLists(database);
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
    instances: (filter) => lists.instances(filter),
    unfinished: () => (statements.unfinished.all() as Row[]).map(toInstance),
    history: (id) =>
      (statements.history.all(id) as Row[]).flatMap(toStoredEvents),
    entity: (id) => {
      const row = statements.entity.get(id) as Row | undefined;
      return row && toEntity(row);
    },
    entities: (filter) => lists.entities(filter),
    inbox: () => (statements.inbox.all() as Row[]).map(toInboxRow),
    lastInboxId: () => Number((statements.lastInboxId.get() as Row)["last"]),
    close: () => {
      // One file is left behind, not a file and its log.
      database.pragma("wal_checkpoint(TRUNCATE)");
      database.close();
    },
  };
}

type Statements = ReturnType<typeof prepare>;

const prepare = (database: Database.Database) => ({
  // Not `insert or replace`: that would write all indexes of the row again.
  putInstance: database.prepare(
    `insert into instances values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set
       execution_id = excluded.execution_id, name = excluded.name, version = excluded.version,
       status = excluded.status, input = excluded.input, output = excluded.output,
       custom_status = excluded.custom_status, failure_details = excluded.failure_details,
       parent = excluded.parent, created_at = excluded.created_at, updated_at = excluded.updated_at`,
  ),
  removeInstance: database.prepare(
    "delete from instances where instance_id = ? and execution_id = ?",
  ),
  clearHistory: database.prepare("delete from history where instance_id = ?"),
  addEvents: database.prepare("insert into history values (?, ?, ?, ?)"),
  putEntity: database.prepare(
    `insert into entities (entity_id, "exists", state, updated_at, locked_by, created_at)
     values (?, ?, ?, ?, ?, ?)
     on conflict do update set "exists" = excluded."exists", state = excluded.state,
       updated_at = excluded.updated_at, locked_by = excluded.locked_by`,
  ),
  removeEntity: database.prepare("delete from entities where entity_id = ?"),
  addMessage: database.prepare("insert into inbox values (?, ?, ?)"),
  removeMessage: database.prepare("delete from inbox where id = ?"),
  clearInbox: database.prepare("delete from inbox where instance_id = ?"),
  instance: database.prepare("select * from instances where instance_id = ?"),
  // Spelled as the index spells it, or SQLite would read the whole table.
  unfinished: database.prepare(
    "select * from instances where status in ('Pending', 'Running', 'Suspended') order by instance_id",
  ),
  history: database.prepare(
    "select text, input from history where instance_id = ? order by seq",
  ),
  entity: database.prepare("select * from entities where entity_id = ?"),
  inbox: database.prepare("select * from inbox order by id"),
  lastInboxId: database.prepare(
    "select coalesce(max(id), 0) as last from inbox",
  ),
});

function write(to: Statements, commit: Commit): void {
  remove(to, commit);
  const { instances, histories, entity, consumed, received } = commit;
  for (const instance of instances ?? [])
    to.putInstance.run(...fromInstance(instance));
  for (const change of histories ?? []) writeHistory(to, change);
  if (entity) to.putEntity.run(...fromEntity(entity));
  for (const id of consumed ?? []) to.removeMessage.run(id);
  for (const row of received ?? [])
    to.addMessage.run(row.id, row.to, JSON.stringify(row.message));
}

function remove(
  to: Statements,
  { purged, purgedEntities, emptied }: Commit,
): void {
  for (const { instanceId, executionId } of purged ?? []) {
    const { changes } = to.removeInstance.run(instanceId, executionId);
    if (changes > 0) to.clearHistory.run(instanceId);
  }
  for (const id of purgedEntities ?? []) to.removeEntity.run(id);
  for (const id of emptied ?? []) to.clearInbox.run(id);
}

function writeHistory(
  to: Statements,
  { instanceId, from, events }: HistoryChange,
): void {
  if (from === 0) to.clearHistory.run(instanceId);
  if (events.length > 0)
    to.addEvents.run(instanceId, from, ...fromEvents(events));
}
