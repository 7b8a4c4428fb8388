import { randomUUID } from "node:crypto";
import { runConcurrently, timeMs } from "../stopwatch";
import type { BenchClient } from "../bench-client";
import type { HostWorkload } from "../workload";

const sizes = {
  full: { signals: 5000, calls: 500, warmUp: 500 },
  quick: { signals: 100, calls: 20, warmUp: 5 },
};
const concurrency = 50;

/** Throughput of one entity: signals of many clients, and calls of one orchestration in sequence. */
export const entityUpdates: HostWorkload = async (client, size) => {
  const { signals, calls, warmUp } = sizes[size];
  // The hub may contain the counters of an earlier run.
  const run = randomUUID();
  const counter = `called-${run}`;
  await signalAll(client, `warm-up-${run}`, warmUp);
  const signalMs = await timeMs(() =>
    signalAll(client, `signalled-${run}`, signals),
  );
  const callMs = await timeMs(() =>
    client.complete("countUp", { counter, times: calls }, calls),
  );
  return {
    signalsPerSecond: (signals / signalMs) * 1000,
    callsPerSecond: (calls / callMs) * 1000,
    signals,
    calls,
    concurrency,
  };
};

/** An entity processes its signals in order, so a read after the signals sees all of them. */
async function signalAll(
  client: BenchClient,
  counter: string,
  count: number,
): Promise<void> {
  await runConcurrently({ count, concurrency }, () =>
    client.signalAdd(counter),
  );
  await client.complete("countOf", counter, count);
}
