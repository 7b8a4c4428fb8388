/** Source of time and timers for the local cloud; tests replace it by a virtual one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once, at `time` or soon after, never synchronously. Returns a function that cancels the timer. */
  schedule(time: number, callback: () => void): () => void;
}

/** The longest delay that setTimeout supports, about 24 days; it fires immediately for a longer one. */
export const maxTimeoutMs = 2 ** 31 - 1;

/** The clock of the operating system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (time, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const delayMs = Math.max(time - Date.now(), 0);
      timer =
        delayMs > maxTimeoutMs
          ? setTimeout(wait, maxTimeoutMs)
          : setTimeout(callback, delayMs);
    };
    wait();
    return () => {
      clearTimeout(timer);
    };
  },
};
