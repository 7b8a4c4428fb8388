import {
  setImmediate as nextTick,
  setTimeout as wait,
} from "node:timers/promises";

interface PendingWrite<Item> {
  readonly item: Item;
  readonly onCommitted: () => void;
}

export interface GroupCommitterOptions<Item> {
  /** Makes all items of a group durable in order. Throws when none is durable. */
  readonly persist: (group: readonly Item[]) => void | Promise<void>;
  /** Decides after a failed `persist`: `retry` repeats the group until it succeeds, `halt` stops all writes. */
  readonly onFailure: (error: unknown) => "retry" | "halt";
}

const retryDelayMs = 1000;

/**
 * Group commit: writes many items with one flush to disk.
 *
 * G1. Items that are written in one tick of the event loop, or while the previous group is being persisted, form one
 *     group: all of them become durable, or none.
 * G2. Groups are persisted in the order of the writes. `onCommitted` runs after its group is durable, never before and
 *     never within `write`.
 * G3. After a "halt", and after `stop`, nothing is written and no `onCommitted` runs.
 */
export class GroupCommitter<Item> {
  readonly #options: GroupCommitterOptions<Item>;
  readonly #stopping = new AbortController();
  #pending: PendingWrite<Item>[] = [];
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: GroupCommitterOptions<Item>) {
    this.#options = options;
  }

  write(item: Item, onCommitted: () => void): void {
    // A function that ends after the stop must not write to files that are closed or belong to another process.
    if (this.#isClosed) return;
    this.#pending.push({ item, onCommitted });
    this.#running ??= this.#run();
  }

  /** Resolves when `item` is on disk. */
  commit(item: Item): Promise<void> {
    return new Promise((resolve) => {
      this.write(item, resolve);
    });
  }

  /** Persists all pending items, with at most one more attempt. Resolves with false when items could not be persisted. */
  async stop(): Promise<boolean> {
    this.#stopping.abort();
    await this.#running;
    this.#isClosed = true;
    return this.#pending.length === 0;
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0 && !this.#isClosed) {
      await nextTick();
      const group = this.#pending;
      this.#pending = [];
      if (!(await this.#persist(group.map(({ item }) => item)))) {
        this.#pending = [...group, ...this.#pending];
        break;
      }
      for (const { onCommitted } of group) onCommitted();
    }
    this.#running = undefined;
  }

  /** Returns false when the items are not on disk and will not be retried. */
  async #persist(items: readonly Item[]): Promise<boolean> {
    const { signal } = this.#stopping;
    for (;;)
      try {
        await this.#options.persist(items);
        return true;
      } catch (error) {
        if (this.#options.onFailure(error) === "halt") this.#isClosed = true;
        if (this.#isClosed || signal.aborted) return false;
        await wait(retryDelayMs, undefined, { signal }).catch(() => undefined);
      }
  }
}
