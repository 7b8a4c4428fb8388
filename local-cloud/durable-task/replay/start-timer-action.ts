import type { TimerAction } from "./actions";
import type { OnSettled, ReplayCursor } from "./replay-cursor";
import type { TaskRequest } from "./task-request";

/** A timer above the limit is a sequence of shorter timers, each with its own id. */
export function startTimerAction(
  { timeline, limits }: ReplayCursor,
  action: TimerAction,
  settle: OnSettled,
): void {
  const end = new Date(action.fireAt).getTime();
  const toRequest = (): TaskRequest => {
    const isLong = end - timeline.now > limits.maximumTimerMs;
    return {
      kind: "timer",
      fireAt: isLong ? timeline.now + limits.timerIntervalMs : end,
      // Getters, because the function can cancel the timer in a later episode of the same extended session.
      get keepsExecutionOpen() {
        return !action.isCanceled;
      },
      get isCancelled() {
        return action.isCanceled;
      },
    };
  };
  const onFired = (): void => {
    if (end > timeline.now) timeline.addFollowUpRequest(toRequest(), onFired);
    else settle(false);
  };
  timeline.addRequest(toRequest(), onFired);
}
