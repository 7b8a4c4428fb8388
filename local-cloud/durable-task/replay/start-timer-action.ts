import type { TimerAction } from "./actions";
import type { OnSettled, ReplayCursor } from "./replay-cursor";
import type { TaskRequest } from "./task-request";
import type { TaskOutcome } from "./timeline";

/** A timer above the limit is a sequence of shorter timers, each with its own id. */
export function startTimerAction(
  { timeline, limits }: ReplayCursor,
  action: TimerAction,
  settle: OnSettled,
): void {
  const end = new Date(action.fireAt).getTime();
  const isLong = (): boolean => end - timeline.now > limits.maximumTimerMs;
  const isSequence = isLong();
  const toRequest = (): TaskRequest => ({
    kind: "timer",
    fireAt: isLong() ? timeline.now + limits.timerIntervalMs : end,
    // Getters, because the function can cancel the timer in a later episode of the same extended session.
    get keepsExecutionOpen() {
      return !action.isCanceled;
    },
    get isCancelled() {
      return action.isCanceled;
    },
  });
  // A single timer ends with its event, which can be early: the event of a lost episode's timer.
  const onFired = ({ failure }: TaskOutcome): void => {
    if (isSequence && end > timeline.now)
      timeline.addFollowUpRequest(toRequest(), onFired);
    else settle(failure !== undefined);
  };
  timeline.addRequest(toRequest(), onFired);
}
