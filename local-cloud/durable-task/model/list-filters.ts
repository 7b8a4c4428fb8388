import type { RuntimeStatus } from "./instance";

/** A part of a list that is sorted by the UTF-8 bytes of the id. */
export interface ListRange {
  readonly idPrefix?: string;
  /** Exclusive. */
  readonly after?: string;
  readonly limit?: number;
}

/** Times are milliseconds since the epoch. Both ends are inclusive. */
export interface InstanceFilter extends ListRange {
  readonly status?: readonly RuntimeStatus[];
  readonly createdFrom?: number;
  readonly createdTo?: number;
}

export interface EntityFilter extends ListRange {
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly updatedFrom?: number;
  readonly updatedTo?: number;
  /** Omit deleted entities. */
  readonly existing?: boolean;
}
