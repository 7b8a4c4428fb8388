const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves at Ctrl-C, SIGTERM or SIGHUP; a second signal ends the process immediately. Call it before
 * starting anything, so that a signal during the start also leads to a graceful stop.
 */
export const waitForStopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let count = 0;
    for (const signal of signals)
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(1);
        resolve();
      });
  });
