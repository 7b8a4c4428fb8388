import type { StepOutcome } from "../contracts";
import type { FailedOutcome } from "./failed-outcome";

/** Progress of a `map` step. */
export interface MapProgress {
  readonly total: number;
  readonly maxParallel: number;
  /** Number of started items; items start in order. */
  readonly started: number;
  /** Outcomes by item index. */
  readonly settled: ReadonlyMap<number, StepOutcome>;
}

export const defaultMaxParallel = 8;

/** Indexes of the items to start now. None after an item has failed, because the map then fails. */
export function itemsToStart(map: MapProgress): readonly number[] {
  if (firstFailedItem(map) !== undefined) return [];
  const free = map.maxParallel - (map.started - map.settled.size);
  const count = Math.max(0, Math.min(free, map.total - map.started));
  return Array.from({ length: count }, (_, offset) => map.started + offset);
}

export const isMapDone = (map: MapProgress): boolean =>
  map.settled.size === map.started && itemsToStart(map).length === 0;

/** First by index, not by time, so that the map's error does not depend on timing. */
export function firstFailedItem(
  map: MapProgress,
): { readonly index: number; readonly outcome: FailedOutcome } | undefined {
  for (let index = 0; index < map.started; index++) {
    const outcome = map.settled.get(index);
    if (outcome?.status === "failed") return { index, outcome };
  }
  return undefined;
}
