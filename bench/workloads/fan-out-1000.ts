import { median } from "../statistics";
import { timeEachMs } from "../stopwatch";
import type { HostWorkload } from "../workload";

const sizes = { full: { runs: 7, warmUp: 2 }, quick: { runs: 1, warmUp: 0 } };
const width = 1000;

/** Duration of one orchestration that runs a thousand activities in parallel. */
export const fanOut1000: HostWorkload = async (client, size) => {
  const { runs, warmUp } = sizes[size];
  const runOnce = () => client.complete("fanOut", width, width);
  await timeEachMs(warmUp, runOnce);
  const times = await timeEachMs(runs, runOnce);
  return { medianSeconds: median(times) / 1000, runs };
};
