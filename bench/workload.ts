import type { BenchClient } from "./bench-client";

/** `quick` only shows that the benchmark works; its figures are not meaningful. */
export type WorkloadSize = "full" | "quick";

/** The name of a figure contains its unit. */
export type Figures = Readonly<Record<string, number>>;

/** Runs on a new broker. */
export type BrokerWorkload = (
  connectionString: string,
  size: WorkloadSize,
) => Promise<Figures>;

/** Runs on a new host. */
export type HostWorkload = (
  webhooks: BenchClient,
  size: WorkloadSize,
) => Promise<Figures>;

/** Starts the processes that it needs and stops when the signal is aborted. */
export type SystemWorkload = (
  size: WorkloadSize,
  signal: AbortSignal,
) => Promise<Figures>;
