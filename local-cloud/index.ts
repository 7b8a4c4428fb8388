export {
  type ComposedCloud,
  composeLocalCloud,
  type ComposeOptions,
} from "./compose";
export { createConsoleLog } from "./cli/log";
export {
  parseCommandLine,
  parsePort,
  parseServiceBusPort,
  printLine,
} from "./cli/output";
export { runCommandLine } from "./cli/run-command-line";
export { waitForStopSignal } from "./cli/stop-signal";
