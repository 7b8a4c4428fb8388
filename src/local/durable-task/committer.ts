import {
  setImmediate as nextTick,
  setTimeout as wait,
} from "node:timers/promises";
import type { Commit, Store } from "./store";

interface Waiting {
  readonly commit: Commit;
  readonly done: () => void;
}

/**
 * Commits in groups: what is asked for in one tick of the event loop, or while the group before is on its way to disk,
 * goes there together. A group that fails (a full disk) is tried again until it succeeds; nobody is told of it before.
 */
export class Committer {
  readonly #store: Store;
  readonly #onProblem: (error: unknown) => void;
  readonly #stopping = new AbortController();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(store: Store, onProblem: (error: unknown) => void) {
    this.#store = store;
    this.#onProblem = onProblem;
  }

  /** Resolves when `commit` is on disk. Commits get there in the order in which they were asked for. */
  commit(commit: Commit): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ commit, done });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all that was asked for is on disk, or has been refused once more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let isWritable = true;
    while (this.#waiting.length > 0 && isWritable) {
      await nextTick();
      const group = this.#waiting;
      this.#waiting = [];
      isWritable = await this.#persist(group.map(({ commit }) => commit));
      if (isWritable) for (const { done } of group) done();
    }
    this.#running = undefined;
  }

  /** False when the file refuses the commits and there is no time to try again. */
  async #persist(commits: readonly Commit[]): Promise<boolean> {
    const { signal } = this.#stopping;
    for (;;)
      try {
        await this.#store.commit(commits);
        return true;
      } catch (error) {
        this.#onProblem(error);
        if (signal.aborted) return false;
        await wait(retryMs, undefined, { signal }).catch(() => undefined);
      }
  }
}

const retryMs = 1000;
