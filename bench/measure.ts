import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchBroker, startBenchBroker } from "./broker";
import { startBenchAos } from "./cloud";
import { startBenchHost } from "./host";
import { roundFigure } from "./statistics";
import { createBenchClient } from "./bench-client";
import type {
  BrokerWorkload,
  Figures,
  WorkloadSize,
  HostWorkload,
} from "./workload";

/** Runs a workload on a host of its own, with an empty task hub: no workload's figures depend on the one before. */
export const measureOnHost = (
  workload: HostWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> =>
  withTemporaryFolder((folder) =>
    measureOnHostWithData(folder, workload, size, signal),
  );

/** The same with the task hub that the folder has. */
export async function measureOnHostWithData(
  folder: string,
  workload: HostWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> {
  await using host = await startBenchHost(folder);
  signal.throwIfAborted();
  const figures = await unlessAborted(
    workload(createBenchClient(host.url), size),
    signal,
  );
  const hostRssMiB = await readRssMiB(host.url);
  return roundFigures({ ...figures, hostRssMiB });
}

/** Runs a workload on a broker of its own, with empty queues. */
export const measureOnBroker = (
  workload: BrokerWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> => measureBus(startBenchBroker, workload, size, signal);

/** Runs a workload on an AOS of its own, with everything it needs. */
export const measureOnAos = (
  workload: BrokerWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> => measureBus(startBenchAos, workload, size, signal);

const measureBus = (
  start: (folder: string) => Promise<BenchBroker>,
  workload: BrokerWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> =>
  withTemporaryFolder(async (folder) => {
    await using broker = await start(folder);
    signal.throwIfAborted();
    const figures = await unlessAborted(
      workload(broker.connectionString, size),
      signal,
    );
    return roundFigures(figures);
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
export async function withTemporaryFolder<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "aos-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  }
}

export const roundFigures = (figures: Figures): Figures =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, roundFigure(value)]),
  );

/** What a host of the benchmark's app holds now. */
export async function readRssMiB(url: string): Promise<number> {
  const response = await fetch(`${url}/api/memory`);
  const memory = (await response.json()) as { readonly rssBytes: number };
  return memory.rssBytes / 2 ** 20;
}
