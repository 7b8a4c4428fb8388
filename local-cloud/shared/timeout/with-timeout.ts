/** An operation that cannot be cancelled was abandoned after its time limit. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "no_answer";

  constructor(limitMs: number) {
    super(`no response within ${limitMs / 1000} s`);
  }
}

/**
 * Waits for `work` for at most `limitMs`, then rejects with `TimeoutError`; with `signal`, resolves with undefined as
 * soon as it is aborted. The work itself continues, and its later outcome is ignored.
 */
export function withTimeout<Result>(
  work: Promise<Result>,
  limitMs: number,
): Promise<Result>;
export function withTimeout<Result>(
  work: Promise<Result>,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Result | undefined>;
export async function withTimeout<Result>(
  work: Promise<Result>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => undefined;
  const limit = new Promise<undefined>((resolve, reject) => {
    onAbort = () => {
      resolve(undefined);
    };
    timer = setTimeout(() => {
      reject(new TimeoutError(limitMs));
    }, limitMs);
  });
  signal?.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Resolves when `work` has settled, or after `limitMs`. */
export async function waitAtMost(
  work: Promise<unknown>,
  limitMs: number,
): Promise<void> {
  await withTimeout(work, limitMs).catch(() => undefined);
}
