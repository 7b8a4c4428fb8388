/** Where the local cloud takes the time from, and what wakes it at a time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `ring` once at the time `time`, or soon after; never within this call. Gives back how to call it off. */
  schedule(time: number, ring: () => void): () => void;
}

/** setTimeout cannot wait longer, about 24 days. */
const longestWaitMs = 2 ** 31 - 1;

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (time, ring) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const leftMs = Math.max(time - Date.now(), 0);
      timer =
        leftMs > longestWaitMs
          ? setTimeout(wait, longestWaitMs)
          : setTimeout(ring, leftMs);
    };
    wait();
    return () => {
      clearTimeout(timer);
    };
  },
};
