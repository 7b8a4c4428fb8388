import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "./broker";
import { startCloud } from "./cloud";
import { startHost } from "./host";
import { rounded } from "./statistics";
import { webhooksAt } from "./webhooks";
import type { BrokerWorkload, Figures, Size, Workload } from "./workload";

/** Runs a workload on a host of its own, with an empty task hub: no workload's figures depend on the one before. */
export const measure = (
  workload: Workload,
  size: Size,
  signal: AbortSignal,
): Promise<Figures> =>
  inTemporaryFolder((folder) => measureIn(folder, workload, size, signal));

/** The same with the task hub that the folder has. */
export async function measureIn(
  folder: string,
  workload: Workload,
  size: Size,
  signal: AbortSignal,
): Promise<Figures> {
  await using host = await startHost(folder);
  signal.throwIfAborted();
  const figures = await unlessAborted(
    workload(webhooksAt(host.url), size),
    signal,
  );
  const hostRssMiB = await rssMiB(host.url);
  return roundedAll({ ...figures, hostRssMiB });
}

/** Runs a workload on a broker of its own, with empty queues. */
export const measureBroker = (
  workload: BrokerWorkload,
  size: Size,
  signal: AbortSignal,
): Promise<Figures> => measureBus(startBroker, workload, size, signal);

/** Runs a workload on an AOS of its own, with everything it needs. */
export const measureCloud = (
  workload: BrokerWorkload,
  size: Size,
  signal: AbortSignal,
): Promise<Figures> => measureBus(startCloud, workload, size, signal);

const measureBus = (
  start: (folder: string) => Promise<Broker>,
  workload: BrokerWorkload,
  size: Size,
  signal: AbortSignal,
): Promise<Figures> =>
  inTemporaryFolder(async (folder) => {
    await using broker = await start(folder);
    signal.throwIfAborted();
    const figures = await unlessAborted(
      workload(broker.connectionString, size),
      signal,
    );
    return roundedAll(figures);
  });

/** Rejects when the signal is given; the host is then stopped under the work that is left. */
async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const ended = new AbortController();
  const aborted = once(signal, "abort", { signal: ended.signal }).then(() => {
    throw signal.reason;
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    ended.abort();
  }
}

/** Lends a folder and removes it, whatever happens. */
export async function inTemporaryFolder<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "aos-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  }
}

export const roundedAll = (figures: Figures): Figures =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, rounded(value)]),
  );

/** What a host of the benchmark's app holds now. */
export async function rssMiB(url: string): Promise<number> {
  const response = await fetch(`${url}/api/memory`);
  const memory = (await response.json()) as { readonly rssBytes: number };
  return memory.rssBytes / 2 ** 20;
}
