import { spawnSync } from "node:child_process";
import { exitProcess } from "../shared/process/exit-process";

/** Set for a process that another one restarts. */
const restartedVariable = "AZURE_LOCAL_CLOUD_RESTARTED";

/** Asks the parent process for another restart. */
const restartCode = 86;

/** As on the real host: the third exit of the worker within this time ends the host. */
const maxExits = 3;
const periodMs = 30_000;

/** The host changes both for the app. */
const environment = { ...process.env };
const workingDirectory = process.cwd();

export const isRestartedProcess = (): boolean =>
  process.env[restartedVariable] !== undefined;

/**
 * Runs the command line of this process again, with more arguments, and ends with its exit code. This process is blocked
 * meanwhile, so that no timer or promise of the app, which has crashed, continues in it.
 */
export function restartProcess(moreArguments: readonly string[]): never {
  if (isRestartedProcess()) exitProcess(restartCode);
  // A blocked process handles no signals. These end it, and then the child process ends too; Ctrl-C reaches both.
  for (const signal of ["SIGTERM", "SIGHUP"])
    process.removeAllListeners(signal);
  const exits = [Date.now()];
  for (;;) {
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, ...process.argv.slice(1), ...moreArguments],
      {
        stdio: "inherit",
        cwd: workingDirectory,
        env: { ...environment, [restartedVariable]: "1" },
      },
    );
    if (status !== restartCode) exitProcess(status ?? 1);
    exits.push(Date.now());
    const [first = 0] = exits.slice(-maxExits);
    if (exits.length >= maxExits && Date.now() - first <= periodMs) {
      process.stderr.write(
        `The app ended its process ${maxExits} times within ${periodMs / 1000} seconds. The host stops: correct the app, and start it again.\n`,
      );
      exitProcess(1);
    }
  }
}
