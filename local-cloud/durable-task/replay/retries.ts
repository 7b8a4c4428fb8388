import type { ActionRetryOptions } from "./actions";
import type { TaskFailure } from "../model/history-event";
import type { OnSettled } from "./replay-cursor";
import type { TaskRequest } from "./task-request";
import type { TaskOutcome, Timeline } from "./timeline";

const defaultMaxIntervalMs = 6 * 24 * 3600 * 1000;

/**
 * Makes the attempts of one task. Every failed attempt is followed by a timer, because the client library assigns an id to
 * it. This includes the last attempt, whose timer fires immediately.
 *
 * The library ignores `retryTimeoutInMilliseconds`. Azure stops at that time while the library waits for another attempt,
 * and the orchestration hangs (durable-functions issue #629). Here the remaining attempts fail immediately.
 */
export function startWithRetries(
  timeline: Timeline,
  options: ActionRetryOptions,
  request: TaskRequest,
  settle: OnSettled,
): void {
  const startedAt = timeline.now;
  const timeoutMs = options.retryTimeoutInMilliseconds ?? Infinity;
  const attempt = (number: number, last: TaskFailure | undefined): void => {
    const isTimedOut =
      last !== undefined && timeline.now - startedAt >= timeoutMs;
    const attemptRequest = isTimedOut
      ? toSkippedAttempt(request, last)
      : request;
    const onOutcome = ({ failure }: TaskOutcome): void => {
      if (failure === undefined) {
        settle(false);
        return;
      }
      const isLast = number >= options.maxNumberOfAttempts;
      const delayMs = isLast || isTimedOut ? 0 : backoffMs(options, number);
      timeline.addFollowUpRequest(
        {
          kind: "timer",
          fireAt: timeline.now + delayMs,
          keepsExecutionOpen: false,
          isCancelled: false,
        },
        () => {
          if (isLast) settle(true);
          else attempt(number + 1, failure);
        },
      );
    };
    if (last === undefined) timeline.addRequest(attemptRequest, onOutcome);
    else timeline.addFollowUpRequest(attemptRequest, onOutcome);
  };
  attempt(1, undefined);
}

const toSkippedAttempt = (
  request: TaskRequest,
  failure: TaskFailure,
): TaskRequest =>
  request.kind === "activity"
    ? { kind: "skippedAttempt", name: request.name, failure }
    : request;

/** The delay after a failed attempt, counted from 1. */
const backoffMs = (
  {
    firstRetryIntervalInMilliseconds: first,
    backoffCoefficient = 1,
    maxRetryIntervalInMilliseconds: longest = defaultMaxIntervalMs,
  }: ActionRetryOptions,
  attempt: number,
): number => Math.min(first * backoffCoefficient ** (attempt - 1), longest);
