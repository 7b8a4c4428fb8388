import fc from "fast-check";
import type { Journal } from "../../../service-bus/queue/change";
import type {
  SentMessage,
  MessageLock,
  BrokerMessage,
} from "../../../service-bus/queue/message";
import { BrokerQueue } from "../../../service-bus/queue/queue";
import { createDeadLetterSettings } from "../../../service-bus/queue/queue-settings";

const lockMs = 100;
const maxDeliveryCount = 3;
const settings = {
  ...{ lockMs, maxDeliveryCount, requiresSession: false },
  ...{ duplicateWindowMs: 0, deadLetterOnExpiry: false, ttlMs: Infinity },
};

const createSentMessage = (messageId: string): SentMessage => ({
  messageId,
  sessionId: undefined,
  partitionKey: undefined,
  ttlMs: undefined,
  scheduledFor: undefined,
  annotations: Buffer.alloc(0),
  content: Buffer.from(messageId),
});

/** Creates a queue and its dead-letter queue with a manual clock and a journal that commits on `commitWrites`. */
function createQueues() {
  let now = 1000;
  let tokens = 0;
  const uncommitted: (() => void)[] = [];
  const journal: Journal = {
    write: (_changes, onCommitted) => {
      uncommitted.push(onCommitted);
    },
  };
  const dependencies = {
    journal,
    now: () => now,
    newLockToken: () => `token-${(tokens += 1)}`,
    loadContent: () => Buffer.alloc(0),
    setProperties: (content: Buffer) => content,
  };
  const identity = { lastSequence: 0, path: "q" };
  const dead = new BrokerQueue(
    {
      ...{ ...identity, id: 2, deadLetters: undefined },
      settings: createDeadLetterSettings(settings),
    },
    dependencies,
  );
  const queue = new BrokerQueue(
    { ...identity, id: 1, settings, deadLetters: dead.messages },
    dependencies,
  );
  return {
    ...{ queue, dead },
    commitWrites: () => {
      for (const onCommitted of uncommitted.splice(0)) onCommitted();
    },
    advanceTime: (ms: number) => {
      now += ms;
      queue.processDeadlines();
    },
    now: () => now,
  };
}

/** The expected behaviour: lists of ids in memory. */
class QueueModel {
  waiting: { id: string; count: number }[] = [];
  locked: { id: string; count: number; until: number }[] = [];
  dead: string[] = [];

  redeliver(id: string, count: number): void {
    if (count >= maxDeliveryCount) this.dead.push(id);
    else {
      this.waiting.push({ id, count });
      this.waiting.sort((a, b) => Number(a.id) - Number(b.id));
    }
  }

  expire(now: number): void {
    const lost = this.locked.filter(({ until }) => until <= now);
    this.locked = this.locked.filter(({ until }) => until > now);
    for (const { id, count } of lost) this.redeliver(id, count + 1);
  }
}

const command = fc.oneof(
  fc.constant({ kind: "send" } as const),
  fc.constant({ kind: "receive" } as const),
  fc.record({
    kind: fc.constantFrom("complete", "abandon", "dead-letter"),
    lockIndex: fc.nat(5),
  }),
  fc.record({ kind: fc.constant("renew" as const), lockIndex: fc.nat(5) }),
  fc.record({ kind: fc.constant("advance time" as const), ms: fc.nat(150) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs the same commands on a queue and on its model. */
class QueueComparison {
  readonly #queues = createQueues();
  readonly #model = new QueueModel();
  readonly #locks: MessageLock[] = [];
  #sent = 0;

  run(step: Command): void {
    if (step.kind === "send") this.#send();
    else if (step.kind === "receive") this.#receive();
    else if (step.kind === "advance time") {
      this.#queues.advanceTime(step.ms);
      this.#model.expire(this.#queues.now());
    } else if (step.kind === "renew") this.#renew(step.lockIndex);
    else this.#settle(step.kind, step.lockIndex);
    this.#queues.commitWrites();
  }

  #send(): void {
    const { queue } = this.#queues;
    const id = String((this.#sent += 1));
    queue.send([createSentMessage(id)], () => undefined);
    // A message is not available before it is committed.
    const available: BrokerMessage | undefined = queue.messages.take(undefined);
    expect(available?.messageId).toBe(this.#model.waiting[0]?.id);
    if (available) queue.messages.release(available);
    this.#model.waiting.push({ id, count: 0 });
  }

  #receive(): void {
    const { queue } = this.#queues;
    const message = queue.messages.take(undefined);
    const expected = this.#model.waiting.shift();
    expect(message?.messageId).toBe(expected?.id);
    expect(message?.deliveryCount).toBe(expected?.count);
    if (!message || !expected) return;
    const lock = queue.lock(message);
    this.#locks.push(lock);
    this.#model.locked.push({ ...expected, until: lock.until });
  }

  #renew(lockIndex: number): void {
    const lock = this.#locks[lockIndex];
    if (lock === undefined) return;
    const renew = () => this.#queues.queue.renewLocks([lock.token]);
    const held = this.#findHeld(lock);
    if (held) [held.until = 0] = renew();
    else expect(renew).toThrow(/lock/);
  }

  #settle(
    kind: "complete" | "abandon" | "dead-letter",
    lockIndex: number,
  ): void {
    const lock = this.#locks[lockIndex];
    if (lock === undefined) return;
    const settle = () => {
      this.#queues.queue.settle(lock.token, { kind }, () => undefined);
    };
    const held = this.#findHeld(lock);
    if (held === undefined) {
      expect(settle).toThrow(/lock/);
      return;
    }
    settle();
    const { locked, dead } = this.#model;
    this.#model.locked = locked.filter((entry) => entry !== held);
    if (kind === "abandon") this.#model.redeliver(held.id, held.count + 1);
    if (kind === "dead-letter") dead.push(held.id);
  }

  /** The model's entry of the lock; undefined when the lock has ended. */
  #findHeld(lock: MessageLock) {
    const id = lock.message.messageId;
    return lock === currentLock(this.#locks, id)
      ? this.#model.locked.find((entry) => entry.id === id)
      : undefined;
  }

  check(): void {
    const { queue, dead } = this.#queues;
    expect(takeAllIds(queue)).toEqual(this.#model.waiting.map(({ id }) => id));
    expect(takeAllIds(dead)).toEqual(this.#model.dead);
    expect(queue.lockCount).toBe(this.#model.locked.length);
  }
}

test("a queue behaves like its model for any sequence of commands", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const comparison = new QueueComparison();
      for (const step of commands) comparison.run(step);
      comparison.check();
    }),
    { numRuns: 300 },
  );
});

const currentLock = (locks: readonly MessageLock[], id: string) =>
  locks.findLast(({ message }) => message.messageId === id);

function takeAllIds(queue: BrokerQueue): string[] {
  const ids: string[] = [];
  for (;;) {
    const message = queue.messages.take(undefined);
    if (message === undefined) return ids;
    ids.push(message.messageId);
  }
}
