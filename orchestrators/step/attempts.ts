/** Calls to activities, tried again by policy until the deadline. */
import {
  recordHistory,
  type RetryPolicy,
  type StepRef,
} from "../../src/model/contracts";
import {
  all,
  allBy,
  fromNow,
  now,
  type OrchestrationContext,
  type Pending,
  type Settled,
  startActivity,
  type Steps,
  timedOut,
  timer,
  type Failure,
} from "../../src/model/durable";
import type { HistoryRow } from "../../src/model/history";
import { historyRow } from "../../src/model/history-rows";
import { retryDelayMs } from "../../src/model/retry";

export interface Attempting {
  readonly retry: RetryPolicy;
  /** ISO 8601. */
  readonly deadline?: string;
  /** The step whose history tells of the retries. */
  readonly step?: StepRef;
}

export interface Call<Result> {
  /** Tells the call apart from the others of its step. */
  readonly name: string;
  /** Begins attempt number `attempt`, counted from 1, at the replay-safe time `at`. */
  start(attempt: number, at: string): Pending<Result>;
}

/** Makes all calls at once and tries again, together, those that failed and may be tried again. */
export function* attempts<Result>(
  context: OrchestrationContext,
  how: Attempting,
  calls: readonly Call<Result>[],
): Steps<readonly Settled<Result>[]> {
  const settled = new Map<Call<Result>, Settled<Result>>();
  let open = calls;
  for (let attempt = 1; open.length > 0; attempt++) {
    const at = now(context);
    const started = open.map((call) => call.start(attempt, at));
    const results = yield* allBy(context, started, how.deadline);
    const retries: Retry<Result>[] = [];
    for (const [index, call] of open.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      settled.set(call, result);
      if (!result.ok)
        retries.push(...retryOf(how, call, attempt, result.failure));
    }
    open = yield* pause(context, how, retries, settled);
  }
  return calls.flatMap((call) => settled.get(call) ?? []);
}

/** One call, tried again by policy. */
export function* attempted<Result>(
  context: OrchestrationContext,
  how: Attempting,
  call: Call<Result>,
): Steps<Settled<Result>> {
  const [result] = yield* attempts(context, how, [call]);
  return result ?? nothing;
}

const nothing = {
  ok: false,
  failure: { code: "internal_error", message: "A call gave no result." },
} as const;

interface Retry<Result> {
  readonly call: Call<Result>;
  readonly nextAttempt: number;
  readonly delayMs: number;
  readonly failure: Failure;
}

function retryOf<Result>(
  { retry }: Attempting,
  call: Call<Result>,
  attempt: number,
  failure: Failure,
): readonly Retry<Result>[] {
  const delayMs = retryDelayMs(retry, attempt, failure);
  return delayMs === undefined
    ? []
    : [{ call, nextAttempt: attempt + 1, delayMs, failure }];
}

/** Waits until the calls may be tried again; gives them, or none when the deadline comes first. */
function* pause<Result>(
  context: OrchestrationContext,
  { deadline, step }: Attempting,
  retries: readonly Retry<Result>[],
  settled: Map<Call<Result>, Settled<Result>>,
): Steps<readonly Call<Result>[]> {
  if (retries.length === 0) return [];
  const delayMs = Math.max(...retries.map((retry) => retry.delayMs));
  if (deadline !== undefined && fromNow(context, delayMs) >= deadline) {
    for (const { call, failure } of retries)
      settled.set(call, timedOut(deadline, ` Last: ${failure.message}`));
    return [];
  }
  const waiting: Pending<unknown>[] = [timer(context, delayMs)];
  if (step !== undefined) {
    const { orchestrationId, traceparent } = step;
    const rows = retries.map((retry) => retryRow(step, retry, now(context)));
    const record = {
      orchestrationId,
      rows,
      ...(traceparent !== undefined && { traceparent }),
    };
    waiting.push(startActivity(context, recordHistory, record));
  }
  // That the retry could not be told of is no reason not to make it; the result of the record is left aside.
  yield* all(context, waiting);
  return retries.map(({ call }) => call);
}

const retryRow = <Result>(
  { stepId }: StepRef,
  { call, nextAttempt, delayMs, failure }: Retry<Result>,
  at: string,
): HistoryRow =>
  historyRow({
    type: "step.retried",
    at,
    stepId,
    attempt: nextAttempt,
    discriminator: call.name,
    data: {
      call: call.name,
      delayMs,
      error: { code: failure.code, message: failure.message },
    },
  });
