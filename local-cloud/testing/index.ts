export type { InstanceStatus, StartInstanceOptions } from "./client";
export type { LostEpisodesOptions } from "../durable-task/engine/orchestrations/lost-episodes";
export type { Duration } from "./duration";
export {
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from "./local-cloud";
export { checkReplay } from "./check-replay";
export {
  type ScheduledExternalEvent,
  type OrchestrationRunResult,
  runOrchestrator,
  type RunOrchestratorOptions,
} from "./run-orchestrator";
export { TestKitError } from "./test-kit-error";
