import type { Commit, Store } from "./store";

/**
 * Commits in groups: what is asked for in one tick of the event loop goes to disk in one transaction, with one flush.
 * A commit that fails (a full disk) is tried again until it succeeds; nobody is told of it before.
 */
export class Committer {
  readonly #store: Store;
  readonly #onProblem: (error: unknown) => void;
  #waiting: { readonly commit: Commit; readonly done: () => void }[] = [];
  #isScheduled = false;

  constructor(store: Store, onProblem: (error: unknown) => void) {
    this.#store = store;
    this.#onProblem = onProblem;
  }

  /** Resolves when `commit` is on disk. Commits get there in the order in which they were asked for. */
  commit(commit: Commit): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ commit, done });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => {
        this.flush();
      });
    });
  }

  /** Commits now what waits. */
  flush(): void {
    const group = this.#waiting;
    this.#isScheduled = false;
    if (group.length === 0) return;
    try {
      this.#store.commit(group.map(({ commit }) => commit));
    } catch (error) {
      this.#onProblem(error);
      this.#isScheduled = true;
      setTimeout(() => {
        this.flush();
      }, retryMs);
      return;
    }
    this.#waiting = [];
    for (const { done } of group) done();
  }
}

const retryMs = 1000;
