/** Those who wait for an instance to end; told once, when the end is on disk. */
export class Waiters<Value> {
  readonly #waiting = new Map<string, Set<(value: Value) => void>>();

  /** Resolves with the value, or with undefined when `signal` is aborted before. */
  wait(key: string, signal: AbortSignal): Promise<Value | undefined> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const settle = (value: Value | undefined): void => {
        waiting.delete(settle);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve(value);
      };
      waiting.add(settle);
      if (signal.aborted) settle(undefined);
      signal.addEventListener(
        "abort",
        () => {
          settle(undefined);
        },
        { once: true },
      );
    });
  }

  tell(key: string, value: Value): void {
    for (const settle of [...(this.#waiting.get(key) ?? [])]) settle(value);
  }
}
