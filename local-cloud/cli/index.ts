/** Loads nothing of the local cloud, so that a program checks the version of Node.js before anything else runs. */
export { createConsoleLog } from "./log";
export {
  parseCommandLine,
  parsePort,
  parseServiceBusPort,
  printLine,
} from "./output";
export { runCommandLine } from "./run-command-line";
export { waitForStopSignal } from "./stop-signal";
