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

/** Tests every implementation of BrokerStore. `reopen` closes the store and opens its data again. */
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

  test("returns committed messages after reopening", () => {
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

  test("commits all changes of a group, or none", () => {
    const { id } = store.queue("q");
    const twice = put(id, buildMessageRecord(1));
    expect(() => {
      store.commit([put(id, buildMessageRecord(2)), twice, twice]);
    }).toThrow();
    expect([...store.messages(id)]).toEqual([]);
    expect(store.queue("q").lastSequence).toBe(0);
  });

  test("keeps the highest sequence number after its message was removed", () => {
    const { id } = store.queue("q");
    store.commit([put(id, buildMessageRecord(9))]);
    store.commit([{ kind: "remove", queue: id, sequence: 9 }]);
    store = reopen(store);
    expect(store.queue("q").lastSequence).toBe(9);
    expect(store.counts()).toEqual(new Map());
  });

  test("updates state, delivery count and content of a message of one queue only", () => {
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

  test("peeks in order from a sequence number, filtered by session and limited to a page", () => {
    const { id } = store.queue("q");
    store.commit(
      [1, 2, 3, 4].map((n) =>
        put(
          id,
          buildMessageRecord(n, { sessionId: n % 2 === 0 ? "even" : "odd" }),
        ),
      ),
    );
    const peekSequences = (range: Parameters<BrokerStore["peek"]>[1]) =>
      store.peek(id, range).map(({ sequence }) => sequence);
    expect(peekSequences({ from: 2, limit: 2 })).toEqual([2, 3]);
    expect(peekSequences({ from: 1, limit: 9, sessionId: "odd" })).toEqual([
      1, 3,
    ]);
    expect(store.peek(id, { from: 4, limit: 1 })).toEqual([
      { ...buildMessageRecord(4, { sessionId: "even" }), content },
    ]);
  });

  test("keeps message ids in order of expiry until they are forgotten", () => {
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

  test("keeps session states and subscription rules", () => {
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
