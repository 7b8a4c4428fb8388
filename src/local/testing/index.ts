export type { InstanceStatus, StartOptions } from "./client";
export type { Duration } from "./duration";
export {
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from "./local-cloud";
export { replay } from "./replay";
export {
  type ExternalEvent,
  type OrchestrationEnd,
  runOrchestrator,
  type RunOptions,
} from "./run-orchestrator";
export { TestKitError } from "./test-kit-error";
