import { median } from "../statistics";
import { timeEachMs } from "../stopwatch";
import type { HostWorkload } from "../workload";

const sizes = { full: { runs: 5, warmUp: 1 }, quick: { runs: 1, warmUp: 0 } };
const steps = 500;

/** Duration of one long orchestration: shows whether the cost of a step grows with the history. */
export const chain500: HostWorkload = async (client, size) => {
  const { runs, warmUp } = sizes[size];
  const once = () => client.complete("chain", steps, steps);
  await timeEachMs(warmUp, once);
  const times = await timeEachMs(runs, once);
  return { medianSeconds: median(times) / 1000, runs };
};
