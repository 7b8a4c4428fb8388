import { percentile } from "../statistics";
import { timedEach } from "../stopwatch";
import type { Workload } from "../workload";

const sizes = {
  full: { orchestrations: 500, warmUp: 200 },
  quick: { orchestrations: 20, warmUp: 5 },
};

/** How long a caller waits for an orchestration of one step when nothing else is going on. */
export const oneStep: Workload = async (webhooks, size) => {
  const { orchestrations, warmUp } = sizes[size];
  const once = () => webhooks.complete("chain", 1, 1);
  await timedEach(warmUp, once);
  const times = await timedEach(orchestrations, once);
  return {
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    orchestrations,
  };
};
