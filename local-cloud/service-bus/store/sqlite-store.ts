import type Database from "libsql";
import type { StoreChange } from "../queue/change";
import { openBrokerFile } from "./sqlite-file";
import {
  readBlob,
  toMessageRow,
  type BrokerRow,
  readText,
  toMessageRecord,
  toStoredMessage,
} from "./sqlite-rows";
import type { BrokerStore } from "./broker-store";

/** Keeps the messages in one SQLite file. Changes survive a power failure once `commit` has returned. */
export function openBrokerStore(path: string): BrokerStore {
  const database = openBrokerFile(path);
  const statements = prepare(database);
  const commitAll = database.transaction((changes: readonly StoreChange[]) => {
    for (const change of changes) applyChange(statements, change);
    for (const [queue, last] of lastSequences(changes))
      statements.raiseSequence.run(last, queue);
  });
  return {
    commit: (changes) => {
      commitAll(changes);
    },
    queue: (name) => {
      statements.addQueue.run(name);
      const row = statements.queue.get(name) as BrokerRow;
      return {
        id: Number(row["id"]),
        lastSequence: Number(row["last_sequence"]),
      };
    },
    counts: () =>
      new Map(
        (statements.counts.all() as BrokerRow[]).map((row) => [
          readText(row["path"]),
          Number(row["count"]),
        ]),
      ),
    messages: (queue) =>
      (statements.messages.all(queue) as BrokerRow[]).map(toMessageRecord),
    content: (queue, sequence) =>
      readBlob(
        (statements.content.get(queue, sequence) as BrokerRow | undefined)?.[
          "content"
        ],
      ),
    peek: (queue, { from, limit, sessionId }) =>
      (sessionId === undefined
        ? (statements.peek.all(queue, from, limit) as BrokerRow[])
        : (statements.peekSession.all(
            queue,
            from,
            sessionId,
            limit,
          ) as BrokerRow[])
      ).map(toStoredMessage),
    duplicates: (queue) =>
      (statements.duplicates.all(queue) as BrokerRow[]).map((row) => ({
        messageId: readText(row["message_id"]),
        until: Number(row["until"]),
      })),
    sessionStates: (queue) =>
      (statements.sessions.all(queue) as BrokerRow[]).map((row) => ({
        sessionId: readText(row["session_id"]),
        state: readBlob(row["state"]),
      })),
    rules: (queue) => {
      const row = statements.rules.get(queue) as BrokerRow | undefined;
      return (
        row && {
          rules: readText(row["rules"]),
          configured: readText(row["configured"]),
        }
      );
    },
    close: () => {
      // DELETE mode merges the write-ahead log, so that one file remains. The read after it releases the exclusive lock,
      // which libsql would otherwise keep until the statements are garbage-collected.
      database.pragma("journal_mode = DELETE");
      database.pragma("locking_mode = NORMAL");
      statements.counts.all();
      database.close();
    },
  };
}

type Statements = ReturnType<typeof prepare>;

const recordColumns =
  "sequence, enqueued_sequence, enqueued_at, message_id, session_id, partition_key, ttl, scheduled_for, expires_at, annotations, state, delivery_count";

const prepare = (database: Database.Database) => ({
  put: database.prepare(
    "insert into messages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  ),
  update: database.prepare(
    "update messages set state = ?, delivery_count = ? where queue = ? and sequence = ?",
  ),
  updateContent: database.prepare(
    "update messages set content = ? where queue = ? and sequence = ?",
  ),
  remove: database.prepare(
    "delete from messages where queue = ? and sequence = ?",
  ),
  rememberMessageId: database.prepare(
    "insert or replace into duplicates values (?, ?, ?)",
  ),
  forgetMessageIds: database.prepare(
    "delete from duplicates where queue = ? and until <= ?",
  ),
  putSession: database.prepare(
    "insert or replace into session_states values (?, ?, ?)",
  ),
  removeSession: database.prepare(
    "delete from session_states where queue = ? and session_id = ?",
  ),
  putRules: database.prepare("insert or replace into rules values (?, ?, ?)"),
  raiseSequence: database.prepare(
    "update queues set last_sequence = ? where id = ?",
  ),
  addQueue: database.prepare("insert or ignore into queues (path) values (?)"),
  queue: database.prepare(
    "select id, last_sequence from queues where path = ?",
  ),
  counts: database.prepare(
    "select path, count(*) as count from messages join queues on queues.id = queue group by queue order by path",
  ),
  messages: database.prepare(
    `select ${recordColumns} from messages where queue = ? order by sequence`,
  ),
  content: database.prepare(
    "select content from messages where queue = ? and sequence = ?",
  ),
  peek: database.prepare(
    "select * from messages where queue = ? and sequence >= ? order by sequence limit ?",
  ),
  peekSession: database.prepare(
    "select * from messages where queue = ? and sequence >= ? and session_id = ? order by sequence limit ?",
  ),
  duplicates: database.prepare(
    "select message_id, until from duplicates where queue = ? order by until",
  ),
  sessions: database.prepare(
    "select session_id, state from session_states where queue = ?",
  ),
  rules: database.prepare(
    "select rules, configured from rules where queue = ?",
  ),
});

function applyChange(statements: Statements, change: StoreChange): void {
  const { queue } = change;
  switch (change.kind) {
    case "put":
      statements.put.run(
        ...toMessageRow(queue, change.message, change.content),
      );
      break;
    case "update": {
      const { state, deliveryCount, sequence, content } = change;
      statements.update.run(state, deliveryCount, queue, sequence);
      if (content) statements.updateContent.run(content, queue, sequence);
      break;
    }
    case "remove":
      statements.remove.run(queue, change.sequence);
      break;
    case "remember":
      statements.rememberMessageId.run(queue, change.messageId, change.until);
      break;
    case "forget":
      statements.forgetMessageIds.run(queue, change.until);
      break;
    case "session":
      if (change.state)
        statements.putSession.run(queue, change.sessionId, change.state);
      else statements.removeSession.run(queue, change.sessionId);
      break;
    case "rules":
      statements.putRules.run(queue, change.rules, change.configured);
      break;
  }
}

/** Sequence numbers ascend within `changes`, so the last one of each queue is its highest. */
function lastSequences(
  changes: readonly StoreChange[],
): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const change of changes)
    if (change.kind === "put") last.set(change.queue, change.message.sequence);
  return last;
}
