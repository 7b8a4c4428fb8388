/** Imports neither the host nor the broker, so that a program can check the version of Node.js first. */
export { createConsoleLog } from "./log";
export {
  parseCommandLine,
  parsePort,
  parseServiceBusPort,
  printLine,
} from "./output";
export { runCommandLine } from "./run-command-line";
export { runUntilStopped } from "./run-until-stopped";
