import { median } from "../statistics";
import { timedEach } from "../stopwatch";
import type { Workload } from "../workload";

const sizes = { full: { runs: 5, warmUp: 1 }, quick: { runs: 1, warmUp: 0 } };
const steps = 500;

/** One long orchestration; it shows whether a step costs more the longer the history is. */
export const chain500: Workload = async (webhooks, size) => {
  const { runs, warmUp } = sizes[size];
  const once = () => webhooks.complete("chain", steps, steps);
  await timedEach(warmUp, once);
  const times = await timedEach(runs, once);
  return { medianSeconds: median(times) / 1000, runs };
};
