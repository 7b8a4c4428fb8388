import type { StepOutcome } from "../contracts";

/** Where a `map` step stands. */
export interface MapProgress {
  readonly total: number;
  readonly maxParallel: number;
  /** Number of items begun; items begin in order. */
  readonly started: number;
  /** By position. */
  readonly settled: ReadonlyMap<number, StepOutcome>;
}

export const defaultMaxParallel = 8;

/** Positions of the items to begin now. None once an item has failed: the map fails whatever the others give. */
export function itemsToStart(map: MapProgress): readonly number[] {
  if (firstFailedItem(map) !== undefined) return [];
  const free = map.maxParallel - (map.started - map.settled.size);
  const count = Math.max(0, Math.min(free, map.total - map.started));
  return Array.from({ length: count }, (_, offset) => map.started + offset);
}

export const isMapDone = (map: MapProgress): boolean =>
  map.settled.size === map.started && itemsToStart(map).length === 0;

/** Of the failed item that comes first in the list, so that it does not matter which of several failed first. */
export function firstFailedItem(
  map: MapProgress,
): { readonly index: number; readonly outcome: FailedOutcome } | undefined {
  for (let index = 0; index < map.started; index++) {
    const outcome = map.settled.get(index);
    if (outcome?.status === "failed") return { index, outcome };
  }
  return undefined;
}

type FailedOutcome = Extract<StepOutcome, { status: "failed" }>;
