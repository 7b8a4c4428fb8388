/** Conversions between rows of the hub's tables and the records of the store. */
import type { HistoryEvent } from "../model/history-event";
import type { Instance } from "../model/instance";
import type { HubMessage } from "../model/hub-message";
import {
  type InboxRow,
  type StoredEntity,
  TaskHubError,
} from "./task-hub-store";
import type { StoredEvent } from "../model/stored-event";

type Value = string | number | null;
export type SqliteRow = Readonly<Record<string, Value>>;

/** In the order of the columns. */
export const toInstanceColumns = (instance: Instance): Value[] => [
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

/** The columns that change during an execution, followed by the id. */
export const toProgressColumns = (instance: Instance): Value[] => [
  instance.status,
  instance.output,
  instance.customStatus,
  instance.failureDetails && JSON.stringify(instance.failureDetails),
  instance.updatedAt,
  instance.instanceId,
];

export const toInstance = (row: SqliteRow): Instance => ({
  instanceId: String(row["instance_id"]),
  executionId: String(row["execution_id"]),
  name: String(row["name"]),
  version: String(row["version"]),
  status: String(row["status"]) as Instance["status"],
  input: textOrNull(row["input"]),
  output: textOrNull(row["output"]),
  customStatus: textOrNull(row["custom_status"]),
  failureDetails: parsedOrNull(
    row,
    "failure_details",
  ) as Instance["failureDetails"],
  parent: parsedOrNull(row, "parent") as Instance["parent"],
  createdAt: Number(row["created_at"]),
  updatedAt: Number(row["updated_at"]),
});

/** In the order of the columns. The last one, the time of creation, is written to new rows only. */
export const toEntityColumns = (entity: StoredEntity): Value[] => [
  entity.entityId,
  entity.exists ? 1 : 0,
  entity.state,
  entity.updatedAt,
  entity.lockedBy,
  entity.createdAt,
];

export const toEntity = (row: SqliteRow): StoredEntity => ({
  entityId: String(row["entity_id"]),
  exists: row["exists"] === 1,
  state: textOrNull(row["state"]),
  updatedAt: Number(row["updated_at"]),
  lockedBy: textOrNull(row["locked_by"]),
  createdAt: Number(row["created_at"]),
});

/** The events of one episode share a row, because the overhead of a row exceeds the size of an event. */
export const toHistoryColumns = (
  events: readonly StoredEvent[],
): readonly [string, string | null] => {
  const inputs = events.map(({ input }) => input);
  return [
    JSON.stringify(events.map(({ event }) => event)),
    inputs.some((input) => input !== null) ? JSON.stringify(inputs) : null,
  ];
};

export function toStoredEvents(row: SqliteRow): readonly StoredEvent[] {
  const events = parsedOrNull(row, "text") as readonly HistoryEvent[];
  const inputs = parsedOrNull(row, "input") as
    readonly (string | null)[] | null;
  return events.map((event, index) => ({
    event,
    input: inputs?.[index] ?? null,
  }));
}

export const toInboxRow = (row: SqliteRow): InboxRow => ({
  id: Number(row["id"]),
  to: String(row["instance_id"]),
  message: parsedOrNull(row, "message") as HubMessage,
});

const textOrNull = (value: Value | undefined) =>
  typeof value === "string" ? value : null;

/** Throws `TaskHubError` for invalid JSON: SQLite detects damaged pages only. */
function parsedOrNull(row: SqliteRow, column: string): unknown {
  const value = row[column];
  if (typeof value !== "string") return null;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new TaskHubError(
      "task_hub_damaged",
      `The task hub's record of instance '${String(row["instance_id"])}' is damaged: '${column}' is not valid JSON. ` +
        "Restore the files of the hub from a backup, or move them away to start with an empty hub.",
      { cause },
    );
  }
}
