/** Registers something that was started, to be stopped at the end; gives it back. */
export type RegisterDisposable = <Started extends AsyncDisposable>(
  started: Started,
) => Started;

/**
 * Starts something and keeps it up until Ctrl-C or SIGTERM, then stops what was started, the last first. A second
 * signal does not wait.
 */
export async function runUntilStopped(
  start: (own: RegisterDisposable) => Promise<void>,
): Promise<void> {
  const stopped = stopSignal();
  await withDisposables(async (own) => {
    await start(own);
    await stopped;
  });
}

/** Runs `work` and then stops what it has started, the last first, whether or not it succeeded. */
export async function withDisposables<Result>(
  work: (own: RegisterDisposable) => Promise<Result>,
): Promise<Result> {
  const owned: AsyncDisposable[] = [];
  try {
    return await work((started) => {
      owned.push(started);
      return started;
    });
  } finally {
    for (const started of owned.reverse()) await started[Symbol.asyncDispose]();
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let count = 0;
    for (const signal of signals)
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(1);
        resolve();
      });
  });
