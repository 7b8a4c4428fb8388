import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EventType,
  eventText,
  type HistoryEvent,
} from "../../../src/local/durable-task/history-event";
import { pendingInstance } from "../../../src/local/durable-task/instance";
import { openSqliteStore } from "../../../src/local/durable-task/sqlite-store";
import type { Store } from "../../../src/local/durable-task/store";

const folder = mkdtempSync(join(tmpdir(), "task-hub-"));
const path = join(folder, "task-hub.db");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const instance = pendingInstance(
  {
    instanceId: "one",
    executionId: "x",
    name: "flow",
    version: "2",
    input: "[1]",
    parent: {
      name: "p",
      instanceId: "i",
      executionId: "e",
      taskScheduledId: 3,
    },
  },
  1000,
);
const event: HistoryEvent = {
  EventType: EventType.TaskScheduled,
  EventId: 0,
  Name: "act",
  Input: null,
  Timestamp: "2026-01-01T00:00:00.000Z",
};
const stored = { event, text: eventText(event, true), input: '"in"' };

describe("the SQLite store", () => {
  let store: Store;
  beforeEach(() => {
    rmSync(path, { force: true });
    rmSync(`${path}-wal`, { force: true });
    rmSync(`${path}-shm`, { force: true });
    store = openSqliteStore(path);
  });
  afterEach(() => {
    store.close();
  });

  test("gives back after reopening what was committed", () => {
    const message = {
      executionId: null,
      event: { EventType: EventType.EventRaised, Name: "e", Input: "1" },
    };
    const entity = { entityId: "@a@b", exists: true, state: "5", updatedAt: 9 };
    store.commit([
      {
        instances: [instance],
        histories: [{ instanceId: "one", from: 0, events: [stored] }],
        received: [{ id: 4, to: "one", message }],
        entity,
      },
    ]);
    store.close();
    store = openSqliteStore(path);
    expect(store.instance("one")).toEqual(instance);
    expect(store.history("one")).toMatchObject([{ event, input: '"in"' }]);
    expect(store.inbox()).toEqual([{ id: 4, to: "one", message }]);
    expect(store.entity("@a@b")).toEqual(entity);
    expect(store.lastInboxId()).toBe(4);
  });

  test("makes all commits of a group durable, or none", () => {
    const good = { instances: [instance] };
    const twice = {
      received: [
        {
          id: 1,
          to: "one",
          message: { id: "r", operation: "op", input: null, caller: null },
        },
      ],
    };
    expect(() => {
      store.commit([good, twice, twice]);
    }).toThrow();
    expect(store.instance("one")).toBeUndefined();
    expect(store.inbox()).toEqual([]);
  });

  test("begins a history anew from position 0", () => {
    const change = { instanceId: "one", from: 0, events: [stored] };
    store.commit([{ histories: [change] }]);
    store.commit([{ histories: [{ ...change, from: 1 }] }]);
    expect(store.history("one")).toHaveLength(2);
    store.commit([{ histories: [{ ...change, events: [] }] }]);
    expect(store.history("one")).toHaveLength(0);
  });

  test("lists by status, time and prefix", () => {
    const other = {
      ...instance,
      instanceId: "two",
      status: "Failed" as const,
      createdAt: 2000,
    };
    store.commit([{ instances: [instance, other] }]);
    const ids = (filter: Parameters<Store["instances"]>[0]) =>
      store.instances(filter).map(({ instanceId }) => instanceId);
    expect(ids({})).toEqual(["one", "two"]);
    expect(ids({ status: ["Failed"] })).toEqual(["two"]);
    expect(ids({ createdTo: 1500 })).toEqual(["one"]);
    expect(ids({ idPrefix: "tw" })).toEqual(["two"]);
    expect(ids({ idPrefix: "%" })).toEqual([]);
  });
});

test("says in one sentence which file is damaged and what to do", () => {
  const damaged = join(folder, "damaged.db");
  const store = openSqliteStore(damaged);
  store.commit(
    Array.from({ length: 200 }, (_, i) => ({
      instances: [{ ...instance, instanceId: `i${i}`, input: "x".repeat(500) }],
    })),
  );
  store.close();
  truncateSync(damaged, 8192);
  expect(() => openSqliteStore(damaged)).toThrow(
    /damaged\.db is damaged .*move it/,
  );
  writeFileSync(
    path,
    "this is no database at all, but long enough to have a header of a hundred bytes in it, which it has",
  );
  expect(() => openSqliteStore(damaged)).toThrow(/is damaged/);
});
