import { Agent } from "node:http";
import { startBenchHost } from "../processes";
import { withTemporaryFolder, readRssMiB } from "../measure";
import { postJson } from "../post-json";
import { runConcurrently } from "../stopwatch";
import { createBenchClient } from "../bench-client";
import type { SystemWorkload } from "../workload";

const counts = { full: 10_000, quick: 100 };
const concurrency = 50;
const dayMs = 86_400_000;

/** The memory of a host with many orchestrations that wait on timers: after they were started, and after a restart. */
export const waiting10000: SystemWorkload = (size, signal) =>
  withTemporaryFolder(async (folder) => {
    const waiting = counts[size];
    const startedRssMiB = await (async () => {
      await using host = await startBenchHost(folder);
      await runConcurrently({ count: waiting, concurrency }, async () => {
        signal.throwIfAborted();
        await startSleeper(host.url);
      });
      return await readRssWhenAllWait(host.url);
    })();
    const start = performance.now();
    await using host = await startBenchHost(folder);
    const startUpSeconds = (performance.now() - start) / 1000;
    const restartedRssMiB = await readRssWhenAllWait(host.url);
    return { waiting, startedRssMiB, startUpSeconds, restartedRssMiB };
  });

const agent = new Agent({ keepAlive: true });
const apiUrl = (url: string) => `${url}/runtime/webhooks/durabletask`;

async function startSleeper(url: string): Promise<void> {
  const { status, text } = await postJson(
    agent,
    `${apiUrl(url)}/orchestrators/sleep`,
    String(dayMs),
  );
  if (status !== 202)
    throw new Error(`The host responded with ${status}: ${text}`);
}

/** Episodes run in the order in which they become due: once a later orchestration has ended, all others have set their timers. */
async function readRssWhenAllWait(url: string): Promise<number> {
  await createBenchClient(url).complete("chain", 1, 1);
  const pending = await fetch(
    `${apiUrl(url)}/instances?runtimeStatus=Pending&top=1`,
  );
  if ((await pending.text()) !== "[]")
    throw new Error("Some orchestrations have not set their timers yet.");
  return readRssMiB(url);
}
