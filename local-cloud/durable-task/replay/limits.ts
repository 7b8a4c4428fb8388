export interface ReplayLimits {
  /** Timers longer than this are divided. */
  readonly maximumTimerMs: number;
  readonly timerIntervalMs: number;
  /** Between two polls of a durable HTTP call whose answer does not say. */
  readonly httpSleepMs: number;
}

const dayMs = 86_400_000;

/** Those of the real host's default storage: a timer has as many ids here as there. */
export const defaultTimerLimits = {
  maximumTimerMs: 6 * dayMs,
  timerIntervalMs: 3 * dayMs,
} as const;
