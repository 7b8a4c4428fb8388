import { setTimeout as wait } from "node:timers/promises";

/** Repeats the attempt until it succeeds and resolves with its result. Rejects with the last error after `timeoutMs`. */
export async function eventually<Result>(
  attempt: () => Result | Promise<Result>,
  timeoutMs = 20_000,
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await wait(20);
    }
  }
}
