/** Resolves with the duration in milliseconds. */
export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs the work `count` times in sequence and resolves with the duration of each run in milliseconds. */
export async function timeEachMs(
  count: number,
  work: () => Promise<unknown>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < count; run += 1) times.push(await timeMs(work));
  return times;
}

/** Runs the work `count` times with at most `concurrency` runs at a time. */
export async function runConcurrently(
  {
    count,
    concurrency,
  }: { readonly count: number; readonly concurrency: number },
  work: () => Promise<unknown>,
): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
