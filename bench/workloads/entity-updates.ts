import { randomUUID } from "node:crypto";
import { runConcurrently, timeMs } from "../stopwatch";
import type { BenchClient } from "../bench-client";
import type { HostWorkload } from "../workload";

const sizes = {
  full: { signals: 5000, calls: 500, warmUp: 500 },
  quick: { signals: 100, calls: 20, warmUp: 5 },
};
const concurrency = 50;

/** Updates of one entity: signalled by many clients, and called by one orchestration that waits for each answer. */
export const entityUpdates: HostWorkload = async (webhooks, size) => {
  const { signals, calls, warmUp } = sizes[size];
  // The hub may have been measured before: every run counts from nothing.
  const run = randomUUID();
  const counter = `called-${run}`;
  await signalled(webhooks, `warm-up-${run}`, warmUp);
  const signalMs = await timeMs(() =>
    signalled(webhooks, `signalled-${run}`, signals),
  );
  const callMs = await timeMs(() =>
    webhooks.complete("countUp", { counter, times: calls }, calls),
  );
  return {
    signalsPerSecond: (signals / signalMs) * 1000,
    callsPerSecond: (calls / callMs) * 1000,
    signals,
    calls,
    concurrency,
  };
};

/** Signals are processed in the order they were stored, so a read that comes after them sees them all counted. */
async function signalled(
  webhooks: BenchClient,
  counter: string,
  count: number,
): Promise<void> {
  await runConcurrently({ count, concurrency }, () =>
    webhooks.signalAdd(counter),
  );
  await webhooks.complete("countOf", counter, count);
}
