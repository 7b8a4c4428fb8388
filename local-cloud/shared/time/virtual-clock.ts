import type { Clock } from "./clock";

interface Alarm {
  readonly time: number;
  readonly ring: () => void;
}

/**
 * A time that passes only when it is told to.
 *
 * C1. Between two advances time stands still: nothing rings but what was due already when it was set.
 * C2. An advance rings what is due in the order of the times, each at its own time, and all that one ring brings about
 *     has happened before the next rings. What is set meanwhile and falls due within the advance rings in it too.
 * C3. Advances follow one another; none begins before the one before has ended.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();
  #advanced: Promise<void> = Promise.resolve();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(time: number, ring: () => void): () => void {
    const alarm = { time, ring };
    this.#alarms.add(alarm);
    if (time <= this.#now)
      queueMicrotask(() => {
        this.#ring(alarm);
      });
    return () => {
      this.#alarms.delete(alarm);
    };
  }

  /** The time at which something rings next; undefined when nothing is set. */
  get nextDueTime(): number | undefined {
    return this.#earliest()?.time;
  }

  /** Lets `ms` pass; `atRest` resolves when all that has been set going has happened. */
  advance(ms: number, atRest: () => Promise<void>): Promise<void> {
    const done = this.#advanced.then(() => this.#pass(ms, atRest));
    // A failure is this caller's; the next advance begins all the same.
    this.#advanced = done.catch(() => undefined);
    return done;
  }

  async #pass(ms: number, atRest: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    await atRest();
    for (;;) {
      const alarm = this.#earliest();
      if (alarm === undefined || alarm.time > end) break;
      this.#now = Math.max(this.#now, alarm.time);
      this.#ring(alarm);
      await atRest();
    }
    this.#now = end;
  }

  #ring(alarm: Alarm): void {
    if (this.#alarms.delete(alarm)) alarm.ring();
  }

  #earliest(): Alarm | undefined {
    let earliest: Alarm | undefined;
    for (const alarm of this.#alarms)
      if (earliest === undefined || alarm.time < earliest.time)
        earliest = alarm;
    return earliest;
  }
}
