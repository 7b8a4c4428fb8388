import fc from "fast-check";
import type { Journal } from "../../../src/local/service-bus/rules/change";
import type {
  Arrival,
  Lock,
  Message,
} from "../../../src/local/service-bus/rules/message";
import { Queue } from "../../../src/local/service-bus/rules/queue";
import { deadLetterSettings } from "../../../src/local/service-bus/rules/settings";

const lockMs = 100;
const maxDeliveryCount = 3;
const settings = {
  ...{ lockMs, maxDeliveryCount, requiresSession: false },
  ...{ duplicateWindowMs: 0, deadLetterOnExpiry: false, ttlMs: Infinity },
};

const arrival = (messageId: string): Arrival => ({
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
    newToken: () => `token-${(tokens += 1)}`,
    contentOnDisk: () => Buffer.alloc(0),
    withProperties: (content: Buffer) => content,
  };
  const identity = { lastSequence: 0, path: "q" };
  const dead = new Queue(
    {
      ...{ ...identity, id: 2, deadLetters: undefined },
      settings: deadLetterSettings(settings),
    },
    ports,
  );
  const queue = new Queue(
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
      queue.passTime();
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

test("a queue does what a simple model of it does, whatever is asked of it", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const { queue, dead, land, pass, now } = world();
      const model = new Model();
      const locks: Lock[] = [];
      let sent = 0;
      for (const step of commands) {
        switch (step.kind) {
          case "send": {
            const id = String((sent += 1));
            queue.send([arrival(id)], () => undefined);
            // Nothing is given out before it is on disk.
            const before: Message | undefined = queue.messages.take(undefined);
            expect(before?.messageId).toBe(model.waiting[0]?.id);
            if (before) queue.messages.release(before);
            model.waiting.push({ id, count: 0 });
            break;
          }
          case "receive": {
            const message = queue.messages.take(undefined);
            const expected = model.waiting.shift();
            expect(message?.messageId).toBe(expected?.id);
            expect(message?.deliveryCount).toBe(expected?.count);
            if (!message || !expected) break;
            const lock = queue.lock(message);
            locks.push(lock);
            model.locked.push({ ...expected, until: lock.until });
            break;
          }
          case "pass":
            pass(step.ms);
            model.expire(now());
            break;
          case "renew": {
            const lock = locks[step.pick];
            if (lock === undefined) break;
            const held = model.locked.find(
              ({ id }) => id === lock.message.messageId,
            );
            const isCurrent = held && lock === currentLock(locks, held.id);
            if (held && isCurrent)
              [held.until] = queue.renew([lock.token]) as [number];
            else expect(() => queue.renew([lock.token])).toThrow(/invalid/);
            break;
          }
          default: {
            const lock = locks[step.pick];
            if (lock === undefined) break;
            const id = lock.message.messageId;
            const held = model.locked.find((one) => one.id === id);
            const settle = () => {
              queue.settle(lock.token, { kind: step.kind }, () => undefined);
            };
            if (!held || lock !== currentLock(locks, id)) {
              expect(settle).toThrow(/lock/);
              break;
            }
            settle();
            model.locked = model.locked.filter((one) => one !== held);
            if (step.kind === "abandon") model.back(id, held.count + 1);
            if (step.kind === "dead-letter") model.dead.push(id);
          }
        }
        land();
      }
      expect(drained(queue)).toEqual(model.waiting.map(({ id }) => id));
      expect(drained(dead)).toEqual(model.dead);
      expect(queue.lockCount).toBe(model.locked.length);
    }),
    { numRuns: 300 },
  );
});

const currentLock = (locks: readonly Lock[], id: string) =>
  locks.findLast(({ message }) => message.messageId === id);

function drained(queue: Queue): string[] {
  const ids: string[] = [];
  for (;;) {
    const message = queue.messages.take(undefined);
    if (message === undefined) return ids;
    ids.push(message.messageId);
  }
}
