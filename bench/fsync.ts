import { open } from "node:fs/promises";
import { join } from "node:path";
import { percentile } from "./statistics";
import { timeEachMs } from "./stopwatch";

const page = Buffer.alloc(4096, 1);

/** Measures how long the folder's disk takes to make one page durable: every commit of the task hub waits for that. */
export async function measureFsyncLatency(folder: string, writes: number) {
  const file = await open(join(folder, "fsync"), "w");
  try {
    const times = await timeEachMs(writes, async () => {
      await file.write(page);
      await file.sync();
    });
    return {
      p50Ms: percentile(times, 50),
      p99Ms: percentile(times, 99),
      writes,
    };
  } finally {
    await file.close();
  }
}
