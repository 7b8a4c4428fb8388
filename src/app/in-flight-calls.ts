/** The calls of a process that have not ended, by key. */
export class InFlightCalls<Result> {
  readonly #calls = new Map<string, Promise<Result>>();

  /** Returns the result of the call in flight with this key, or else makes the call. */
  join(key: string, call: () => Promise<Result>): Promise<Result> {
    const running = this.#calls.get(key);
    if (running !== undefined) return running;
    const started = call().finally(() => this.#calls.delete(key));
    this.#calls.set(key, started);
    return started;
  }
}
