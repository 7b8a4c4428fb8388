import type { OrchestrationStatus } from "./orchestration-history";

/** Statuses of orchestrations that have ended: they never change again. */
const terminalStatuses: ReadonlySet<OrchestrationStatus> = new Set([
  "completed",
  "failed",
  "terminated",
]);

export const isTerminalStatus = (status: OrchestrationStatus): boolean =>
  terminalStatuses.has(status);
