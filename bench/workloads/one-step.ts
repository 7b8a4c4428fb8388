import { percentile } from "../statistics";
import { timeEachMs } from "../stopwatch";
import type { HostWorkload } from "../workload";

const sizes = {
  full: { orchestrations: 500, warmUp: 200 },
  quick: { orchestrations: 20, warmUp: 5 },
};

/** How long a caller waits for an orchestration of one step when nothing else is going on. */
export const oneStep: HostWorkload = async (webhooks, size) => {
  const { orchestrations, warmUp } = sizes[size];
  const once = () => webhooks.complete("chain", 1, 1);
  await timeEachMs(warmUp, once);
  const times = await timeEachMs(orchestrations, once);
  return {
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    orchestrations,
  };
};
