/** Those who wait for an instance to end; told once, when the end is on disk. */
export class CompletionWaiters<Value> {
  readonly #waiting = new Map<string, Set<(value: Value) => void>>();

  /** Resolves with the value, or with undefined when `signal` is aborted or the time is over before. */
  wait(
    key: string,
    signal: AbortSignal,
    timeoutMs?: number,
  ): Promise<Value | undefined> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const settle = (value: Value | undefined): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        waiting.delete(settle);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve(value);
      };
      const giveUp = (): void => {
        settle(undefined);
      };
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(giveUp, Math.min(timeoutMs, longestWaitMs)).unref();
      waiting.add(settle);
      signal.addEventListener("abort", giveUp);
      if (signal.aborted) giveUp();
    });
  }

  notify(key: string, value: Value): void {
    for (const settle of [...(this.#waiting.get(key) ?? [])]) settle(value);
  }
}

/** setTimeout cannot wait longer, about 24 days. */
const longestWaitMs = 2 ** 31 - 1;
