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

const arrival = (messageId: string): SentMessage => ({
  messageId,
  sessionId: undefined,
  partitionKey: undefined,
  ttlMs: undefined,
  scheduledFor: undefined,
  annotations: Buffer.alloc(0),
  content: Buffer.from(messageId),
});

/** A queue on a disk that writes when it is told to, and a clock that goes when it is told to. */
function world() {
  let now = 1000;
  let tokens = 0;
  const landings: (() => void)[] = [];
  const journal: Journal = {
    write: (_changes, landed) => {
      landings.push(landed);
    },
  };
  const ports = {
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
    ports,
  );
  const queue = new BrokerQueue(
    { ...identity, id: 1, settings, deadLetters: dead.messages },
    ports,
  );
  return {
    ...{ queue, dead },
    land: () => {
      for (const landed of landings.splice(0)) landed();
    },
    pass: (ms: number) => {
      now += ms;
      queue.processDeadlines();
    },
    now: () => now,
  };
}

/** What the queue is to do, said in the simplest way: lists of ids, and no disk. */
class Model {
  waiting: { id: string; count: number }[] = [];
  locked: { id: string; count: number; until: number }[] = [];
  dead: string[] = [];

  back(id: string, count: number): void {
    if (count >= maxDeliveryCount) this.dead.push(id);
    else {
      this.waiting.push({ id, count });
      this.waiting.sort((a, b) => Number(a.id) - Number(b.id));
    }
  }

  expire(now: number): void {
    const lost = this.locked.filter(({ until }) => until <= now);
    this.locked = this.locked.filter(({ until }) => until > now);
    for (const { id, count } of lost) this.back(id, count + 1);
  }
}

const command = fc.oneof(
  fc.constant({ kind: "send" } as const),
  fc.constant({ kind: "receive" } as const),
  fc.record({
    kind: fc.constantFrom("complete", "abandon", "dead-letter"),
    pick: fc.nat(5),
  }),
  fc.record({ kind: fc.constant("renew" as const), pick: fc.nat(5) }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(150) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** A queue and its model, of which the same is asked. */
class Pair {
  readonly #world = world();
  readonly #model = new Model();
  readonly #locks: MessageLock[] = [];
  #sent = 0;

  run(step: Command): void {
    if (step.kind === "send") this.#send();
    else if (step.kind === "receive") this.#receive();
    else if (step.kind === "pass") {
      this.#world.pass(step.ms);
      this.#model.expire(this.#world.now());
    } else if (step.kind === "renew") this.#renew(step.pick);
    else this.#settle(step.kind, step.pick);
    this.#world.land();
  }

  #send(): void {
    const { queue } = this.#world;
    const id = String((this.#sent += 1));
    queue.send([arrival(id)], () => undefined);
    // Nothing is given out before it is on disk.
    const before: BrokerMessage | undefined = queue.messages.take(undefined);
    expect(before?.messageId).toBe(this.#model.waiting[0]?.id);
    if (before) queue.messages.release(before);
    this.#model.waiting.push({ id, count: 0 });
  }

  #receive(): void {
    const { queue } = this.#world;
    const message = queue.messages.take(undefined);
    const expected = this.#model.waiting.shift();
    expect(message?.messageId).toBe(expected?.id);
    expect(message?.deliveryCount).toBe(expected?.count);
    if (!message || !expected) return;
    const lock = queue.lock(message);
    this.#locks.push(lock);
    this.#model.locked.push({ ...expected, until: lock.until });
  }

  #renew(pick: number): void {
    const lock = this.#locks[pick];
    if (lock === undefined) return;
    const renew = () => this.#world.queue.renewLocks([lock.token]);
    const held = this.#held(lock);
    if (held) [held.until = 0] = renew();
    else expect(renew).toThrow(/lock/);
  }

  #settle(kind: "complete" | "abandon" | "dead-letter", pick: number): void {
    const lock = this.#locks[pick];
    if (lock === undefined) return;
    const settle = () => {
      this.#world.queue.settle(lock.token, { kind }, () => undefined);
    };
    const held = this.#held(lock);
    if (held === undefined) {
      expect(settle).toThrow(/lock/);
      return;
    }
    settle();
    const { locked, dead } = this.#model;
    this.#model.locked = locked.filter((one) => one !== held);
    if (kind === "abandon") this.#model.back(held.id, held.count + 1);
    if (kind === "dead-letter") dead.push(held.id);
  }

  /** What the model has of the lock; undefined when it is no lock any more. */
  #held(lock: MessageLock) {
    const id = lock.message.messageId;
    return lock === currentLock(this.#locks, id)
      ? this.#model.locked.find((one) => one.id === id)
      : undefined;
  }

  check(): void {
    const { queue, dead } = this.#world;
    expect(drained(queue)).toEqual(this.#model.waiting.map(({ id }) => id));
    expect(drained(dead)).toEqual(this.#model.dead);
    expect(queue.lockCount).toBe(this.#model.locked.length);
  }
}

test("a queue does what a simple model of it does, whatever is asked of it", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const pair = new Pair();
      for (const step of commands) pair.run(step);
      pair.check();
    }),
    { numRuns: 300 },
  );
});

const currentLock = (locks: readonly MessageLock[], id: string) =>
  locks.findLast(({ message }) => message.messageId === id);

function drained(queue: BrokerQueue): string[] {
  const ids: string[] = [];
  for (;;) {
    const message = queue.messages.take(undefined);
    if (message === undefined) return ids;
    ids.push(message.messageId);
  }
}
