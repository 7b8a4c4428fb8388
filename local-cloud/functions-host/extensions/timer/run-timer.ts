import type { InFlight } from "../../../shared/concurrency/in-flight";
import type { Clock } from "../../../shared/time/clock";
import type {
  ExtensionHost,
  FunctionMetadata,
  TypedData,
} from "../../core/extension";
import { invokeWithRetries } from "./retry-policy";

export interface TimerRunContext {
  readonly host: ExtensionHost;
  readonly clock: Clock;
  readonly random: () => number;
  readonly inFlight: InFlight;
  /** Aborted when the host stops: no retry starts any more. */
  readonly stop: AbortSignal;
}

/** Runs a timer function with its retries. Resolves with false when the host stopped before the last retry. */
export async function runTimer(
  { name, retryOptions: retry }: FunctionMetadata,
  trigger: TypedData,
  { host, clock, random, inFlight, stop }: TimerRunContext,
): Promise<boolean> {
  const invocation = { functionName: name, trigger };
  if (!retry) {
    await inFlight.track(host.invoke(invocation));
    return true;
  }
  let isInterrupted = false;
  await invokeWithRetries({
    retry,
    invoke: (retryContext) =>
      inFlight.track(host.invoke({ ...invocation, retryContext })),
    wait: async (ms) => {
      isInterrupted = !(await waitUnlessAborted(clock, ms, stop));
      return !isInterrupted;
    },
    random,
    log: (message) => {
      host.log("information", `Function ${name} failed; ${message}.`);
    },
  });
  return !isInterrupted;
}

/** Resolves with true after `ms` of the clock, or with false as soon as `signal` is aborted. */
const waitUnlessAborted = (
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> =>
  new Promise((resolve) => {
    const onAbort = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = clock.schedule(clock.now() + ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve(true);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
