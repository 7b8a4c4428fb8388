import type { Clock } from "../../../shared/time/clock";
import type { InFlight } from "../../../shared/concurrency/in-flight";
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
  /** Aborted when no retry is to follow any more. */
  readonly stop: AbortSignal;
}

/**
 * Runs a timer function, with its retries. Resolves with whether it is done with: one that is still to be retried when
 * the host stops is not.
 */
export async function runTimer(
  { name, retryOptions: retry }: FunctionMetadata,
  trigger: TypedData,
  { host, clock, random, inFlight, stop }: TimerRunContext,
): Promise<boolean> {
  const call = { functionName: name, trigger };
  if (!retry) {
    await inFlight.track(host.invoke(call));
    return true;
  }
  let isCutOff = false;
  await invokeWithRetries({
    retry,
    invoke: (retryContext) =>
      inFlight.track(host.invoke({ ...call, retryContext })),
    wait: async (ms) => {
      isCutOff = !(await passed(clock, ms, stop));
      return !isCutOff;
    },
    random,
    log: (sentence) => {
      host.log("information", `Function ${name} failed; ${sentence}.`);
    },
  });
  return !isCutOff;
}

/** Resolves with true after so many milliseconds of the clock, or with false once `stop` is aborted. */
const passed = (
  clock: Clock,
  ms: number,
  stop: AbortSignal,
): Promise<boolean> =>
  new Promise((resolve) => {
    const cut = (): void => {
      callOff();
      resolve(false);
    };
    const callOff = clock.schedule(clock.now() + ms, () => {
      stop.removeEventListener("abort", cut);
      resolve(true);
    });
    if (stop.aborted) cut();
    else stop.addEventListener("abort", cut, { once: true });
  });
