import { setImmediate as nextTurn } from "node:timers/promises";

/** Work that has begun and not ended: functions that run, commits on their way to disk. */
export class InFlight {
  readonly #open = new Set<Promise<unknown>>();

  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#open.add(work);
    const end = (): void => {
      this.#open.delete(work);
    };
    work.then(end, end);
    return work;
  }

  /** Resolves when what is under way now has ended, well or badly. */
  async whenSettled(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  /**
   * Resolves when nothing is under way and nothing is about to begin. Who hands work on does it within one turn of the
   * event loop, so two turns in a row that find nothing mean that nothing is coming.
   */
  async whenIdle(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 2; quietTurns += 1) {
      await nextTurn();
      if (this.#open.size === 0) continue;
      quietTurns = -1;
      await this.whenSettled();
    }
  }
}
