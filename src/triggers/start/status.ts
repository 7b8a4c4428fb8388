import type { OrchestrationStatus } from "../../model/history";

const ended: ReadonlySet<OrchestrationStatus> = new Set([
  "completed",
  "failed",
  "cancelled",
  "terminated",
]);

/** Whether nothing will ever happen to the orchestration again. */
export const isEnded = (status: OrchestrationStatus): boolean =>
  ended.has(status);
