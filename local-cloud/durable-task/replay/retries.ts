import type { ActionRetryOptions } from "./actions";
import type { TaskFailure } from "../model/history-event";
import type { TaskRequest } from "./task-request";
import type { TaskOutcome, Timeline } from "./timeline";

/** The longest time between two attempts unless the policy says otherwise. */
const longestIntervalMs = 6 * 24 * 3600 * 1000;

/**
 * Attempts of one task, each with a timer after its failure: also after the last one, where it fires at once. The ids
 * are the client library's, which counts the same tasks and timers.
 *
 * The library knows no time limit for retries: the real host stops at `retryTimeoutInMilliseconds` while the library
 * waits for another attempt, and the orchestration hangs (#629). Here the attempts that are left fail at once.
 */
export function startWithRetries(
  timeline: Timeline,
  options: ActionRetryOptions,
  request: TaskRequest,
  settle: (failed: boolean) => void,
): void {
  const startedAt = timeline.now;
  const attempt = (number: number, last: TaskFailure | undefined): void => {
    const isLate =
      last !== undefined &&
      timeline.now - startedAt >=
        (options.retryTimeoutInMilliseconds ?? Infinity);
    const asked = isLate ? givenUp(request, last) : request;
    const onOutcome = ({ failure }: TaskOutcome): void => {
      if (failure === undefined) {
        settle(false);
        return;
      }
      const isLast = number >= options.maxNumberOfAttempts;
      const delay = isLast || isLate ? 0 : delayMs(options, number);
      timeline.addFollowUpRequest(
        {
          kind: "timer",
          fireAt: timeline.now + delay,
          holdsOpen: false,
          isCancelled: false,
        },
        () => {
          if (isLast) settle(true);
          else attempt(number + 1, failure);
        },
      );
    };
    if (last === undefined) timeline.addRequest(asked, onOutcome);
    else timeline.addFollowUpRequest(asked, onOutcome);
  };
  attempt(1, undefined);
}

const givenUp = (request: TaskRequest, failure: TaskFailure): TaskRequest =>
  request.kind === "activity"
    ? { kind: "givenUp", name: request.name, failure }
    : request;

/** The time after a failed attempt, counted from 1. */
const delayMs = (
  {
    firstRetryIntervalInMilliseconds: first,
    backoffCoefficient = 1,
    maxRetryIntervalInMilliseconds: longest = longestIntervalMs,
  }: ActionRetryOptions,
  attempt: number,
): number => Math.min(first * backoffCoefficient ** (attempt - 1), longest);
