import type { OrchestrationStatus } from "./orchestration-history";

const ended: ReadonlySet<OrchestrationStatus> = new Set([
  "completed",
  "failed",
  "cancelled",
  "terminated",
]);

/** Whether nothing will ever happen to the orchestration again. */
export const isTerminalStatus = (status: OrchestrationStatus): boolean =>
  ended.has(status);
