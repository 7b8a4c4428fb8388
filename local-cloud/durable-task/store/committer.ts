import {
  setImmediate as nextTick,
  setTimeout as wait,
} from "node:timers/promises";
import type { HubCommit, TaskHubStore, TaskHubError } from "./task-hub-store";
import { writeFailure } from "./write-failure";

interface Waiting {
  readonly commit: HubCommit;
  readonly done: () => void;
}

export interface CommitTroubles {
  /** A commit waits, and is tried again. */
  readonly delayed: (sentence: string, cause: unknown) => void;
  /** No commit will succeed any more: those that are asked for never resolve. */
  readonly broken: (error: TaskHubError) => void;
}

/**
 * Commits in groups: what is asked for in one tick of the event loop, or while the group before is on its way to disk,
 * goes there together. A group that a full disk refuses is tried again until it succeeds; nobody is told of it before.
 * After a failure of another kind, and after `stop`, nothing is written any more.
 */
export class Committer {
  readonly #store: TaskHubStore;
  readonly #troubles: CommitTroubles;
  readonly #stopping = new AbortController();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #isOver = false;

  constructor(store: TaskHubStore, troubles: CommitTroubles) {
    this.#store = store;
    this.#troubles = troubles;
  }

  /** Resolves when `commit` is on disk. Commits get there in the order in which they were asked for. */
  commit(commit: HubCommit): Promise<void> {
    return new Promise((done) => {
      // A function that ends late must not write to files that are closed, or that are another's by now.
      if (this.#isOver) return;
      this.#waiting.push({ commit, done });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all that was asked for is on disk, or has been refused once more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#isOver = true;
  }

  async #run(): Promise<void> {
    let isWritable = true;
    while (this.#waiting.length > 0 && isWritable && !this.#isOver) {
      await nextTick();
      const group = this.#waiting;
      this.#waiting = [];
      isWritable = await this.#persist(group.map(({ commit }) => commit));
      if (isWritable) for (const { done } of group) done();
    }
    this.#running = undefined;
  }

  /** False when the file refuses the commits and there is no time to try again. */
  async #persist(commits: readonly HubCommit[]): Promise<boolean> {
    const { signal } = this.#stopping;
    for (;;)
      try {
        await this.#store.commit(commits);
        return true;
      } catch (error) {
        if (!this.#mayPass(error) || signal.aborted) return false;
        await wait(retryMs, undefined, { signal }).catch(() => undefined);
      }
  }

  #mayPass(cause: unknown): boolean {
    const failure = writeFailure(cause);
    if (failure.mayPass) this.#troubles.delayed(failure.sentence, cause);
    else {
      this.#isOver = true;
      this.#troubles.broken(failure.error);
    }
    return failure.mayPass;
  }
}

const retryMs = 1000;
