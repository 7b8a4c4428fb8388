import { Agent } from "node:http";
import { startBenchHost } from "../host";
import { withTemporaryFolder, readRssMiB } from "../measure";
import { postJson } from "../post-json";
import { runConcurrently } from "../stopwatch";
import { createBenchClient } from "../bench-client";
import type { SystemWorkload } from "../workload";

const counts = { full: 10_000, quick: 100 };
const concurrency = 50;
const dayMs = 86_400_000;

/** The memory of a host while many orchestrations wait on timers: after their starts, and after a restart of the host. */
export const waiting10000: SystemWorkload = (size, signal) =>
  withTemporaryFolder(async (folder) => {
    const waiting = counts[size];
    const startedRssMiB = await (async () => {
      await using host = await startBenchHost(folder);
      await runConcurrently({ count: waiting, concurrency }, async () => {
        signal.throwIfAborted();
        await begin(host.url);
      });
      return await rssWhenAllWait(host.url);
    })();
    const start = performance.now();
    await using host = await startBenchHost(folder);
    const startUpSeconds = (performance.now() - start) / 1000;
    const restartedRssMiB = await rssWhenAllWait(host.url);
    return { waiting, startedRssMiB, startUpSeconds, restartedRssMiB };
  });

const agent = new Agent({ keepAlive: true });
const api = (url: string) => `${url}/runtime/webhooks/durabletask`;

async function begin(url: string): Promise<void> {
  const { status, text } = await postJson(
    agent,
    `${api(url)}/orchestrators/sleep`,
    String(dayMs),
  );
  if (status !== 202) throw new Error(`The host answered ${status}: ${text}`);
}

/** Episodes are run in the order in which they became due: when a later one has ended, all have set their timers. */
async function rssWhenAllWait(url: string): Promise<number> {
  await createBenchClient(url).complete("chain", 1, 1);
  const pending = await fetch(
    `${api(url)}/instances?runtimeStatus=Pending&top=1`,
  );
  if ((await pending.text()) !== "[]")
    throw new Error("Some orchestrations do not wait on their timers yet.");
  return readRssMiB(url);
}
