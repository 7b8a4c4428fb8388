import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBenchClient } from "./bench-client";
import {
  type BenchServiceBus,
  startBenchAos,
  startBenchBroker,
  startBenchHost,
} from "./processes";
import { roundFigure } from "./statistics";
import type {
  BrokerWorkload,
  Figures,
  HostWorkload,
  WorkloadSize,
} from "./workload";

/** Runs a workload on a new host with an empty task hub, so that the results do not depend on earlier workloads. */
export const measureOnHost = (
  workload: HostWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> =>
  withTemporaryFolder((folder) =>
    measureOnHostWithData(folder, workload, size, signal),
  );

/** Runs a workload on a new host with the task hub in the folder. */
export async function measureOnHostWithData(
  folder: string,
  workload: HostWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> {
  await using host = await startBenchHost(folder);
  signal.throwIfAborted();
  const figures = await rejectOnAbort(
    workload(createBenchClient(host.url), size),
    signal,
  );
  const hostRssMiB = await readRssMiB(host.url);
  return roundFigures({ ...figures, hostRssMiB });
}

/** Runs a workload on a new broker with empty queues. */
export const measureOnBroker = (
  workload: BrokerWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> =>
  measureOnServiceBus(startBenchBroker, workload, size, signal);

/** Runs a workload on a new `aos dev`, which includes storage and a Service Bus broker. */
export const measureOnAos = (
  workload: BrokerWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> =>
  measureOnServiceBus(startBenchAos, workload, size, signal);

const measureOnServiceBus = (
  start: (folder: string) => Promise<BenchServiceBus>,
  workload: BrokerWorkload,
  size: WorkloadSize,
  signal: AbortSignal,
): Promise<Figures> =>
  withTemporaryFolder(async (folder) => {
    await using serviceBus = await start(folder);
    signal.throwIfAborted();
    const figures = await rejectOnAbort(
      workload(serviceBus.connectionString, size),
      signal,
    );
    return roundFigures(figures);
  });

/** Rejects when the signal is aborted, without waiting for the work: the caller then stops the process that does it. */
async function rejectOnAbort<Result>(
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

/** The resident memory of a host that runs the benchmark's app. */
export async function readRssMiB(url: string): Promise<number> {
  const response = await fetch(`${url}/api/memory`);
  const memory = (await response.json()) as { readonly rssBytes: number };
  return memory.rssBytes / 2 ** 20;
}
