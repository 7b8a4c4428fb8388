import type { BenchClient } from "./bench-client";

/** `quick` only shows that the benchmark works; its figures mean little. */
export type WorkloadSize = "full" | "quick";

export type Figures = Readonly<Record<string, number>>;

/** Measures one thing on a fresh broker, found by its connection string; the unit of each figure is in its name. */
export type BrokerWorkload = (
  connectionString: string,
  size: WorkloadSize,
) => Promise<Figures>;

/** Measures one thing on a fresh host; the unit of each figure is in its name. */
export type HostWorkload = (
  webhooks: BenchClient,
  size: WorkloadSize,
) => Promise<Figures>;

/** Measures one thing on what it starts itself, until the signal is given; the unit of each figure is in its name. */
export type SystemWorkload = (
  size: WorkloadSize,
  signal: AbortSignal,
) => Promise<Figures>;
