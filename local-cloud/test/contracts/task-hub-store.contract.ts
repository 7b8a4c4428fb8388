import {
  EventType,
  type HistoryEvent,
} from "../../durable-task/model/history-event";
import {
  type Instance,
  createPendingInstance,
} from "../../durable-task/model/instance";
import type {
  HubCommit,
  EntityRow,
  InboxRow,
  TaskHubStore,
} from "../../durable-task/store/task-hub-store";
import type {
  EntityFilter,
  InstanceFilter,
} from "../../durable-task/model/list-filters";

const parent = {
  name: "p",
  instanceId: "i",
  executionId: "e",
  taskScheduledId: 3,
};
export const createTestInstance = (
  instanceId: string,
  changes: Partial<Instance> = {},
): Instance => ({
  ...createPendingInstance(
    {
      instanceId,
      executionId: "x",
      name: "f",
      version: "2",
      input: "[1]",
      parent,
    },
    1000,
  ),
  ...changes,
});
const createTestEntity = (
  entityId: string,
  changes: Partial<EntityRow> = {},
) => ({
  entityId,
  exists: true,
  state: "5",
  lockedBy: null,
  updatedAt: 9,
  ...changes,
});
const event: HistoryEvent = {
  EventType: EventType.TaskScheduled,
  EventId: 0,
  Name: "act",
  Input: null,
  Timestamp: "2026-01-01T00:00:00.000Z",
};
const storedEvent = { event, input: '"in"' };
const createHistory = (instanceId: string) => ({
  instanceId,
  from: 0,
  events: [storedEvent, storedEvent],
});
const createInboxRow = (id: number, to: string): InboxRow => ({
  id,
  to,
  message: {
    executionId: null,
    event: { EventType: EventType.EventRaised, Name: "e", Input: "1" },
  },
});

/** The contract of every task hub store. `reopen` closes the store and opens it again. */
export function taskHubStoreContract(
  open: () => TaskHubStore,
  reopen: (store: TaskHubStore) => TaskHubStore,
): void {
  let store: TaskHubStore;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => {
    store.close();
  });

  test("returns committed instances, histories, messages and entities after reopening", async () => {
    const one = createTestInstance("one");
    const entity = createTestEntity("@a@b", { lockedBy: "one" });
    const received = [createInboxRow(4, "one")];
    await store.commit([
      { instances: [one], histories: [createHistory("one")], received, entity },
    ]);
    store = reopen(store);
    expect(store.instance("one")).toEqual(one);
    expect(store.history("one")).toMatchObject([
      { event, input: '"in"' },
      { event, input: '"in"' },
    ]);
    expect(store.inbox()).toEqual(received);
    expect(store.entity("@a@b")).toEqual({ ...entity, createdAt: 9 });
    expect(store.lastInboxId()).toBe(4);
  });

  test("keeps the input of an instance that is updated by `advanced`", async () => {
    await store.commit([{ instances: [createTestInstance("one")] }]);
    const advanced = createTestInstance("one", {
      status: "Running",
      output: "1",
    });
    await store.commit([{ advanced: [advanced] }]);
    expect(store.instance("one")).toEqual(advanced);
    store = reopen(store);
    expect(store.instance("one")).toEqual(advanced);
  });

  test("removes consumed messages, whether they were received before or after reopening", async () => {
    await store.commit([
      { received: [createInboxRow(1, "one"), createInboxRow(2, "one")] },
    ]);
    store = reopen(store);
    await store.commit([{ received: [createInboxRow(3, "one")] }]);
    await store.commit([{ consumed: [1, 3] }]);
    expect(store.inbox().map(({ id }) => id)).toEqual([2]);
    store = reopen(store);
    expect(store.inbox().map(({ id }) => id)).toEqual([2]);
  });

  test("replaces a history from position 0", async () => {
    const change = { instanceId: "one", from: 0, events: [storedEvent] };
    await store.commit([{ histories: [change] }]);
    await store.commit([{ histories: [{ ...change, from: 1 }] }]);
    expect(store.history("one")).toHaveLength(2);
    await store.commit([{ histories: [{ ...change, events: [] }] }]);
    expect(store.history("one")).toHaveLength(0);
  });

  test.each([
    ["replaces another one", []],
    ["is started after a purge", [{ purged: [createTestInstance("one")] }]],
  ])(
    "removes the earlier history of an instance that %s",
    async (_how, before: readonly HubCommit[]) => {
      await store.commit([
        {
          instances: [createTestInstance("one")],
          histories: [createHistory("one")],
        },
      ]);
      store = reopen(store); // so that the earlier history is in the file
      const replacement = createTestInstance("one", { executionId: "y" });
      const history = { instanceId: "one", from: 0, events: [storedEvent] };
      await store.commit([
        ...before,
        { instances: [replacement], histories: [{ ...history, events: [] }] },
        { advanced: [replacement], histories: [history] },
      ]);
      expect(store.history("one")).toHaveLength(1);
      store = reopen(store);
      expect(store.instance("one")).toEqual(replacement);
      expect(store.history("one")).toHaveLength(1);
    },
  );

  test("filters instances by status, time, prefix and page", async () => {
    const instances = [
      createTestInstance("one"),
      createTestInstance("two", { status: "Failed", createdAt: 2000 }),
      createTestInstance("tür", { status: "Completed", createdAt: 3000 }),
    ];
    await store.commit([{ instances }]);
    const ids = (filter: InstanceFilter) =>
      store.instances(filter).map(({ instanceId }) => instanceId);
    expect(ids({})).toEqual(["one", "two", "tür"]);
    expect(ids({ status: ["Failed"] })).toEqual(["two"]);
    expect(ids({ status: ["Failed", "Pending"] })).toEqual(["one", "two"]);
    expect(ids({ status: [] })).toEqual([]);
    expect(ids({ createdTo: 1500 })).toEqual(["one"]);
    expect(ids({ createdFrom: 2000, createdTo: 2000 })).toEqual(["two"]);
    expect(ids({ idPrefix: "t" })).toEqual(["two", "tür"]);
    expect(ids({ idPrefix: "%" })).toEqual([]);
    expect(ids({ after: "one", limit: 1 })).toEqual(["two"]);
    expect(ids({ after: "two", limit: 5 })).toEqual(["tür"]);
  });

  test("filters entities by prefix, time, page and existence", async () => {
    for (const entity of [
      createTestEntity("@a@1"),
      createTestEntity("@a@2", { exists: false, state: null }),
      createTestEntity("@ab@1", { updatedAt: 50 }),
      createTestEntity("@ab@1", { updatedAt: 99 }),
    ])
      await store.commit([{ entity }]);
    const ids = (filter: EntityFilter) =>
      store.entities(filter).map(({ entityId }) => entityId);
    expect(ids({})).toEqual(["@a@1", "@a@2", "@ab@1"]);
    expect(ids({ existing: true })).toEqual(["@a@1", "@ab@1"]);
    expect(ids({ idPrefix: "@a@" })).toEqual(["@a@1", "@a@2"]);
    expect(ids({ updatedFrom: 60 })).toEqual(["@ab@1"]);
    expect(ids({ updatedTo: 60 })).toEqual(["@a@1", "@a@2"]);
    expect(ids({ createdFrom: 50, createdTo: 50 })).toEqual(["@ab@1"]);
    expect(ids({ after: "@a@1", limit: 1 })).toEqual(["@a@2"]);
  });

  test("lists pending, running and suspended instances as unfinished", async () => {
    const states = ["Pending", "Running", "Suspended"] as const;
    const ended = ["Completed", "Failed", "Terminated"] as const;
    await store.commit([
      {
        instances: [...states, ...ended].map((status) =>
          createTestInstance(status, { status }),
        ),
      },
    ]);
    const unfinished = () => store.unfinished().map(({ status }) => status);
    expect(unfinished()).toEqual(states);
    const instances = [createTestInstance("Running", { status: "Completed" })];
    await store.commit([{ instances }]);
    expect(unfinished()).toEqual(["Pending", "Suspended"]);
  });

  test("purges the given execution and keeps a later one with the same instance id", async () => {
    const old = createTestInstance("one", { status: "Failed" });
    const purged = createTestInstance("two", { status: "Completed" });
    await store.commit([
      {
        instances: [old, purged],
        histories: [createHistory("one"), createHistory("two")],
      },
    ]);
    const replacement = createTestInstance("one", { executionId: "y" });
    await store.commit([
      { instances: [replacement] },
      { purged: [old, purged] },
    ]);
    expect(store.instance("one")).toEqual(replacement);
    expect(store.history("one")).toHaveLength(2);
    expect(store.instance("two")).toBeUndefined();
    expect(store.history("two")).toEqual([]);
  });

  test("purges entities, and removes the messages of an emptied inbox", async () => {
    await store.commit([
      { entity: createTestEntity("@a@1") },
      { received: [createInboxRow(1, "one"), createInboxRow(2, "two")] },
    ]);
    await store.commit([
      {
        purgedEntities: ["@a@1"],
        emptied: ["one"],
        received: [createInboxRow(3, "one")],
      },
    ]);
    expect(store.entity("@a@1")).toBeUndefined();
    expect(store.inbox().map(({ id }) => id)).toEqual([2, 3]);
  });
}
