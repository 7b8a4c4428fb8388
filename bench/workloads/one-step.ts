import { percentile } from "../statistics";
import { timeEachMs } from "../stopwatch";
import type { HostWorkload } from "../workload";

const sizes = {
  full: { orchestrations: 500, warmUp: 200 },
  quick: { orchestrations: 20, warmUp: 5 },
};

/** Latency of an orchestration of one step on an idle host. */
export const oneStep: HostWorkload = async (client, size) => {
  const { orchestrations, warmUp } = sizes[size];
  const runOnce = () => client.complete("chain", 1, 1);
  await timeEachMs(warmUp, runOnce);
  const times = await timeEachMs(orchestrations, runOnce);
  return {
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    orchestrations,
  };
};
