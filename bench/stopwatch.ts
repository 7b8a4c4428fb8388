/** Milliseconds that the work took. */
export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds of each of `count` runs, one after another. */
export async function timeEachMs(
  count: number,
  work: () => Promise<unknown>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < count; run += 1) times.push(await timeMs(work));
  return times;
}

/** Runs the work `count` times, `concurrency` at a time: each that ends makes place for the next. */
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
