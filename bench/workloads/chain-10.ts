import { runConcurrently, timeMs } from "../stopwatch";
import type { HostWorkload } from "../workload";

const sizes = {
  full: { orchestrations: 2000, warmUp: 600 },
  quick: { orchestrations: 50, warmUp: 10 },
};
const steps = 10;
const concurrency = 50;

/** Throughput of short orchestrations: ten steps each, fifty at a time. */
export const chain10: HostWorkload = async (client, size) => {
  const { orchestrations, warmUp } = sizes[size];
  const chains = (count: number) =>
    runConcurrently({ count, concurrency }, () =>
      client.complete("chain", steps, steps),
    );
  await chains(warmUp);
  const ms = await timeMs(() => chains(orchestrations));
  const perSecond = (orchestrations / ms) * 1000;
  return { perSecond, orchestrations, concurrency };
};
