import { exitProcess } from "../shared/process/exit-process";
import { isRestartedProcess } from "./restart-process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves at Ctrl-C, SIGTERM or SIGHUP, or when the output can no longer be written, because its terminal or reader is gone. A
 * second signal ends the process immediately. Call it before starting anything, so that a signal during the start also leads to a
 * graceful stop.
 */
export const waitForStopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let count = 0;
    for (const signal of signals)
      process.on(signal, () => {
        count += 1;
        if (count > 1) exitProcess(1);
        resolve();
      });
    // Without a listener, each failed write is an uncaught exception, which the host would log by another write.
    for (const stream of [process.stdout, process.stderr])
      stream.on("error", () => {
        resolve();
      });
    if (isRestartedProcess()) watchParent(resolve);
  });

const pollMs = 250;

/** The process that restarted this one gets the signals, and is ended by them. */
function watchParent(onEnd: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isRunning(parent)) return;
    clearInterval(timer);
    onEnd();
  }, pollMs).unref();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
