import { setTimeout as wait } from "node:timers/promises";

/** Tries until it no longer throws, and gives what it returned. After `patienceMs` it fails with the last error. */
export async function eventually<Result>(
  attempt: () => Promise<Result>,
  patienceMs = 20_000,
): Promise<Result> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await wait(20);
    }
  }
}
