import { median } from "../statistics";
import { timedEach } from "../stopwatch";
import type { Workload } from "../workload";

const sizes = { full: { runs: 7, warmUp: 2 }, quick: { runs: 1, warmUp: 0 } };
const width = 1000;

/** One orchestration that starts a thousand activities at once and waits for all. */
export const fanOut1000: Workload = async (webhooks, size) => {
  const { runs, warmUp } = sizes[size];
  const once = () => webhooks.complete("fanOut", width, width);
  await timedEach(warmUp, once);
  const times = await timedEach(runs, once);
  return { medianSeconds: median(times) / 1000, runs };
};
