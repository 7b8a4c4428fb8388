/** Callers that wait for the end of an instance. They are notified when the end is durable. */
export class CompletionWaiters<Value> {
  readonly #waiters = new Map<string, Set<(value: Value) => void>>();

  /** Resolves with the value, or with undefined when `signal` is aborted or after `timeoutMs`. */
  wait(
    key: string,
    signal: AbortSignal,
    timeoutMs?: number,
  ): Promise<Value | undefined> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(key) ?? new Set();
      this.#waiters.set(key, waiters);
      const settle = (value: Value | undefined): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", cancel);
        waiters.delete(settle);
        if (waiters.size === 0) this.#waiters.delete(key);
        resolve(value);
      };
      const cancel = (): void => {
        settle(undefined);
      };
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(cancel, Math.min(timeoutMs, maxTimeoutMs)).unref();
      waiters.add(settle);
      signal.addEventListener("abort", cancel);
      if (signal.aborted) cancel();
    });
  }

  notify(key: string, value: Value): void {
    for (const settle of [...(this.#waiters.get(key) ?? [])]) settle(value);
  }
}

/** The limit of setTimeout, about 24 days. */
const maxTimeoutMs = 2 ** 31 - 1;
