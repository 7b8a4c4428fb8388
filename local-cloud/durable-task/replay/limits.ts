export interface ReplayLimits {
  /** Longer timers are divided into intervals. */
  readonly maximumTimerMs: number;
  readonly timerIntervalMs: number;
  /** Time between two polls of a durable HTTP call whose response has no `retry-after`. */
  readonly httpSleepMs: number;
}

const dayMs = 86_400_000;

/** The limits of the Azure Storage provider, so that a long timer uses the same number of ids as on Azure. */
export const defaultTimerLimits = {
  maximumTimerMs: 6 * dayMs,
  timerIntervalMs: 3 * dayMs,
} as const;
