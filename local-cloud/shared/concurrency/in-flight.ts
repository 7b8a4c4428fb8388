import { setImmediate as nextTick } from "node:timers/promises";

/** Tracks started work that has not settled, such as function invocations and commits. */
export class InFlight {
  readonly #pending = new Set<Promise<unknown>>();

  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#pending.add(work);
    const remove = (): void => {
      this.#pending.delete(work);
    };
    work.then(remove, remove);
    return work;
  }

  /** Resolves when all currently tracked work has settled, successfully or not. */
  async whenSettled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  /**
   * Resolves when no work is tracked and none is about to start. Follow-up work starts within one tick of the event
   * loop, so two consecutive ticks without tracked work mean idle.
   */
  async whenIdle(): Promise<void> {
    for (let idleTicks = 0; idleTicks < 2; idleTicks += 1) {
      await nextTick();
      if (this.#pending.size === 0) continue;
      idleTicks = -1;
      await this.whenSettled();
    }
  }
}
