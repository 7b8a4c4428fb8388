import type { Webhooks } from "./webhooks";

/** `quick` only shows that the benchmark works; its figures mean little. */
export type Size = "full" | "quick";

export type Figures = Readonly<Record<string, number>>;

/** Measures one thing on a fresh broker, found by its connection string; the unit of each figure is in its name. */
export type BrokerWorkload = (
  connectionString: string,
  size: Size,
) => Promise<Figures>;

/** Measures one thing on a fresh host; the unit of each figure is in its name. */
export type Workload = (webhooks: Webhooks, size: Size) => Promise<Figures>;

/** Measures one thing on what it starts itself, until the signal is given; the unit of each figure is in its name. */
export type SystemWorkload = (
  size: Size,
  signal: AbortSignal,
) => Promise<Figures>;
