import type { StoreChange } from "../../service-bus/queue/change";
import type { MessageRecord } from "../../service-bus/queue/message";
import type { BrokerStore } from "../../service-bus/store/broker-store";

export const buildMessageRecord = (
  sequence: number,
  changes: Partial<MessageRecord> = {},
): MessageRecord => ({
  sequence,
  enqueuedSequence: sequence,
  enqueuedAt: 5,
  messageId: `m-${sequence}`,
  sessionId: undefined,
  partitionKey: undefined,
  ttlMs: undefined,
  scheduledFor: undefined,
  expiresAt: Infinity,
  annotations: Buffer.alloc(0),
  state: "active",
  deliveryCount: 0,
  ...changes,
});

const content = Buffer.from([1, 0, 255]);
const put = (queue: number, message: MessageRecord): StoreChange => ({
  ...{ kind: "put", queue, message, content },
});

/** What every adapter of the broker's store keeps to. `reopen` closes the store and opens what it has left. */
export function brokerStoreContract(
  open: () => BrokerStore,
  reopen: (store: BrokerStore) => BrokerStore,
): void {
  let store: BrokerStore;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => {
    store.close();
  });

  test("gives back after reopening what was committed", () => {
    const { id } = store.queue("q");
    const full = buildMessageRecord(2, {
      ...{ sessionId: "s", partitionKey: "p", ttlMs: 9, scheduledFor: 8 },
      ...{ expiresAt: 7, annotations: content, state: "scheduled" as const },
    });
    store.commit([put(id, buildMessageRecord(1)), put(id, full)]);
    store = reopen(store);
    expect([...store.messages(id)]).toEqual([buildMessageRecord(1), full]);
    expect(store.content(id, 2)).toEqual(content);
    expect(store.queue("q")).toEqual({ id, lastSequence: 2 });
    expect(store.queue("other")).toMatchObject({ lastSequence: 0 });
  });

  test("makes all changes of a group durable, or none", () => {
    const { id } = store.queue("q");
    const twice = put(id, buildMessageRecord(1));
    expect(() => {
      store.commit([put(id, buildMessageRecord(2)), twice, twice]);
    }).toThrow();
    expect([...store.messages(id)]).toEqual([]);
    expect(store.queue("q").lastSequence).toBe(0);
  });

  test("never forgets the highest number, though the message is gone", () => {
    const { id } = store.queue("q");
    store.commit([put(id, buildMessageRecord(9))]);
    store.commit([{ kind: "remove", queue: id, sequence: 9 }]);
    store = reopen(store);
    expect(store.queue("q").lastSequence).toBe(9);
    expect(store.counts()).toEqual(new Map());
  });

  test("changes state, count and content of a message, each queue's by itself", () => {
    const [a, b] = [store.queue("a").id, store.queue("b").id];
    store.commit([
      put(a, buildMessageRecord(1)),
      put(b, buildMessageRecord(1)),
    ]);
    const update = { kind: "update", queue: a, sequence: 1 } as const;
    const changed = Buffer.from("new");
    store.commit([
      { ...update, state: "deferred", deliveryCount: 2, content: changed },
    ]);
    expect([...store.messages(a)]).toEqual([
      buildMessageRecord(1, { state: "deferred", deliveryCount: 2 }),
    ]);
    expect(store.content(a, 1)).toEqual(changed);
    store.commit([{ ...update, state: "active", deliveryCount: 3 }]);
    expect(store.content(a, 1)).toEqual(changed);
    expect([...store.messages(b)]).toEqual([buildMessageRecord(1)]);
    expect(store.counts()).toEqual(
      new Map([
        ["a", 1],
        ["b", 1],
      ]),
    );
  });

  test("peeks from a number on, in order, by session and by page", () => {
    const { id } = store.queue("q");
    store.commit(
      [1, 2, 3, 4].map((n) =>
        put(
          id,
          buildMessageRecord(n, { sessionId: n % 2 === 0 ? "even" : "odd" }),
        ),
      ),
    );
    const numbers = (range: Parameters<BrokerStore["peek"]>[1]) =>
      store.peek(id, range).map(({ sequence }) => sequence);
    expect(numbers({ from: 2, limit: 2 })).toEqual([2, 3]);
    expect(numbers({ from: 1, limit: 9, sessionId: "odd" })).toEqual([1, 3]);
    expect(store.peek(id, { from: 4, limit: 1 })).toEqual([
      { ...buildMessageRecord(4, { sessionId: "even" }), content },
    ]);
  });

  test("remembers message ids until they are forgotten, the first to be forgotten first", () => {
    const { id: queue } = store.queue("q");
    const remember = (messageId: string, until: number): StoreChange => ({
      ...{ kind: "remember", queue, messageId, until },
    });
    store.commit([remember("b", 20), remember("a", 10), remember("c", 30)]);
    store.commit([{ kind: "forget", queue, until: 10 }]);
    expect(store.duplicates(queue)).toEqual([
      { messageId: "b", until: 20 },
      { messageId: "c", until: 30 },
    ]);
  });

  test("keeps the state of sessions and the rules of subscriptions", () => {
    const { id: queue } = store.queue("q");
    const state = (bytes: Buffer | null): StoreChange => ({
      ...{ kind: "session", queue, sessionId: "s", state: bytes },
    });
    store.commit([
      state(content),
      { kind: "rules", queue, rules: "[1]", configured: "[]" },
    ]);
    store = reopen(store);
    expect(store.sessionStates(queue)).toEqual([
      { sessionId: "s", state: content },
    ]);
    expect(store.rules(queue)).toEqual({ rules: "[1]", configured: "[]" });
    store.commit([state(null)]);
    expect(store.sessionStates(queue)).toEqual([]);
    expect(store.rules(queue + 1)).toBeUndefined();
  });
}
