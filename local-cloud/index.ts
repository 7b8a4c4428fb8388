export {
  type ComposedCloud,
  composeLocalCloud,
  type ComposeOptions,
} from "./compose";
export { openTaskHubStore } from "./durable-task/store/sqlite-store";
export type { TaskHubStore } from "./durable-task/store/task-hub-store";
export {
  type LaunchedProcess,
  launchProcess,
  type LaunchOptions,
} from "./shared/process/launch-process";
