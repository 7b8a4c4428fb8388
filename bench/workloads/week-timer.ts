import { resolve } from "node:path";
import { startLocalCloud } from "azure-local-cloud/testing";
import { percentile } from "../statistics";
import { timeMs } from "../stopwatch";
import type { SystemWorkload } from "../workload";

const app = resolve(__dirname, "..", "..", "..", "bench", "app");
const runs = { full: 50, quick: 3 };
const weekMs = 7 * 86_400_000;

/** A timer of one week on the virtual clock of the test kit: time from the start until the client receives the final status. */
export const weekTimer: SystemWorkload = async (size, signal) => {
  await using cloud = await startLocalCloud({ app });
  const times: number[] = [];
  for (let run = 0; run < runs[size]; run += 1) {
    signal.throwIfAborted();
    times.push(
      await timeMs(async () => {
        const id = await cloud.client.start("sleep", { input: weekMs });
        await cloud.advance("7 days");
        const { output } = await cloud.client.whenEnded(id);
        if (output !== weekMs)
          throw new Error(
            `The orchestration returned ${String(output)}, not ${weekMs}.`,
          );
      }),
    );
  }
  return {
    firstMs: times[0] ?? 0,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    runs: runs[size],
  };
};
