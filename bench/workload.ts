import type { Webhooks } from "./webhooks";

/** `quick` only shows that the benchmark works; its figures mean little. */
export type Size = "full" | "quick";

export type Figures = Readonly<Record<string, number>>;

/** Measures one thing on a system that it starts itself, and stops early when the signal is given. */
export type SystemWorkload = (
  size: Size,
  signal: AbortSignal,
) => Promise<Figures>;

/** Measures one thing on a fresh host; the unit of each figure is in its name. */
export type Workload = (webhooks: Webhooks, size: Size) => Promise<Figures>;
