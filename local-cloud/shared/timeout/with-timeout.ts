/** For what an operation that cannot be called off is given up. */
export class TimeoutError extends Error {
  override readonly name = "NoAnswerError";
  readonly code = "no_answer";

  constructor(ms: number) {
    super(`there was no answer within ${ms / 1000} s`);
  }
}

/**
 * What `work` resolves with; or undefined once `cut` is aborted. Throws `NoAnswerError` when it takes longer than `ms`. How
 * it ends after that is not asked any more. The client waits for some answers for a minute, and again and again, also when
 * the connection is lost on which they were to come.
 */
export async function withTimeout<Result>(
  work: Promise<Result>,
  ms: number,
  cut?: AbortSignal,
): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let onCut: () => void = () => undefined;
  const over = new Promise<undefined>((resolve, reject) => {
    onCut = () => {
      resolve(undefined);
    };
    timer = setTimeout(() => {
      reject(new TimeoutError(ms));
    }, ms);
  });
  cut?.addEventListener("abort", onCut);
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    cut?.removeEventListener("abort", onCut);
  }
}
