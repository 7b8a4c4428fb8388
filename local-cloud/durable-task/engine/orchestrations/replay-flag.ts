/**
 * Observes whether an orchestrator function reads `isReplaying`. On Azure the function runs from its start in every episode,
 * and the value is false only for the code that has not run before. An extended session runs other code with other values,
 * so a function that reads it continues without a session.
 */
export class ReplayFlag {
  #wasRead = false;

  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** Call this before the client library sets the property `df` of the context. */
  watch(context: object): void {
    let df: unknown;
    Object.defineProperty(context, "df", {
      configurable: true,
      enumerable: true,
      get: () => df,
      set: (value: unknown) => {
        df = value;
        if (typeof value === "object" && value !== null) this.#observe(value);
      },
    });
  }

  #observe(df: { isReplaying?: unknown }): void {
    let { isReplaying } = df;
    Object.defineProperty(df, "isReplaying", {
      configurable: true,
      enumerable: true,
      get: () => {
        this.#wasRead = true;
        return isReplaying;
      },
      set: (value: unknown) => {
        isReplaying = value;
      },
    });
  }
}
