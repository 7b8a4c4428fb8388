import type { FailureDetails, ParentLink } from "./history-event";

export type RuntimeStatus =
  "Pending" | "Running" | "Suspended" | "Completed" | "Failed" | "Terminated";

/** A stored orchestration instance. Times are milliseconds since the epoch, values are JSON text. */
export interface Instance {
  readonly instanceId: string;
  /** Changes with every continue-as-new: messages to an earlier execution are dropped. */
  readonly executionId: string;
  readonly name: string;
  readonly version: string;
  readonly status: RuntimeStatus;
  readonly input: string | null;
  /** JSON text of the result, or the plain text of the reason of a failure or termination. */
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly failureDetails: FailureDetails | null;
  readonly parent: ParentLink | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const terminalStatuses: readonly RuntimeStatus[] = [
  "Completed",
  "Failed",
  "Terminated",
];
export const isInstanceEnded = (instance: Instance): boolean =>
  terminalStatuses.includes(instance.status);

export interface NewInstance {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string;
  readonly input: string | null;
  readonly parent: ParentLink | null;
}

export const createPendingInstance = (
  start: NewInstance,
  now: number,
): Instance => ({
  ...start,
  status: "Pending",
  output: null,
  customStatus: null,
  failureDetails: null,
  createdAt: now,
  updatedAt: now,
});
