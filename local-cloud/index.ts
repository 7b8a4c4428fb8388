export { composeLocalCloud, type ComposeOptions } from "./compose";
export { parsePort, parseServiceBusPort } from "./cli/host-command";
export { parseOrUsageError, printLine, UsageError } from "./cli/output";
export { runCommandLine } from "./cli/run-command-line";
export { runUntilStopped, withDisposables } from "./cli/run-until-stopped";
