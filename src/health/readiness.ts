/**
 * Runs the probes of a dependency.
 *
 * 1. Every probe has a timeout: a service that does not answer does not delay the results of others.
 * 2. At most one run of a probe is in progress, and its result is cached: readiness requests come from many sources at
 *    any rate and must cost the service almost nothing.
 * 3. A run that exceeds the timeout continues; the next request returns its result, which contains the reason.
 */
import { AosError } from "../domain/errors";
import type { TaskHubClient } from "../orchestrations/task-hub";
import {
  diagnose,
  diagnoseUnresolvedSettings,
  type Diagnosis,
} from "./diagnosis";
import type { HealthDependency, HealthProbe } from "./health-dependency";

export interface ReadinessTiming {
  readonly cacheMs: number;
  readonly timeoutMs: number;
  readonly now: () => Date;
}

export type ReadinessResult = Readonly<Record<string, unknown>> & {
  readonly status: "ok" | "failed" | "not configured";
};

type ProbeResult = Diagnosis | "ok";

export function createReadinessCheck(
  dependency: HealthDependency,
  timing: ReadinessTiming,
): (hub: TaskHubClient) => Promise<ReadinessResult> {
  const { probes, unresolved } = dependency;
  if (unresolved.length > 0) {
    const failed = failedResult(dependency, [
      diagnoseUnresolvedSettings(dependency),
    ]);
    return () => Promise.resolve(failed);
  }
  if (probes === undefined)
    return () => Promise.resolve({ status: "not configured" });
  const cachedProbes = probes.map((probe) =>
    cacheProbe(dependency, probe, timing),
  );
  return async (hub) => {
    const results = await Promise.all(cachedProbes.map((run) => run(hub)));
    const failures = results.filter((result) => result !== "ok");
    return failures.length === 0
      ? { ...dependency.details, status: "ok" }
      : failedResult(dependency, failures);
  };
}

/** `code` and `message` repeat the first problem, for clients that do not read `problems`. */
function failedResult(
  { details, settings }: HealthDependency,
  failures: readonly Diagnosis[],
): ReadinessResult {
  const [first] = failures;
  return {
    ...details,
    status: "failed",
    code: first?.code,
    message: first?.problem.message,
    settings,
    problems: failures.map(({ problem }) => problem),
  };
}

function cacheProbe(
  dependency: HealthDependency,
  probe: HealthProbe,
  { cacheMs, timeoutMs, now }: ReadinessTiming,
): (hub: TaskHubClient) => Promise<ProbeResult> {
  let last: { readonly at: number; readonly result: ProbeResult } | undefined;
  let running: Promise<ProbeResult> | undefined;
  const start = async (hub: TaskHubClient): Promise<ProbeResult> => {
    const result = await runProbe(dependency, probe, hub);
    last = { at: now().getTime(), result };
    running = undefined;
    return result;
  };
  return async (hub) => {
    if (last !== undefined && now().getTime() - last.at < cacheMs)
      return last.result;
    running ??= start(hub);
    const result = await withinMs(timeoutMs, running);
    if (result !== undefined) return result;
    return last !== undefined && last.result !== "ok"
      ? last.result
      : diagnose(dependency, probe, noAnswer(dependency, probe, timeoutMs));
  };
}

async function runProbe(
  dependency: HealthDependency,
  probe: HealthProbe,
  hub: TaskHubClient,
): Promise<ProbeResult> {
  try {
    await probe.check(hub);
    return "ok";
  } catch (error) {
    return diagnose(dependency, probe, error);
  }
}

function noAnswer(
  { code }: HealthDependency,
  { name }: HealthProbe,
  timeoutMs: number,
): AosError {
  const cause = new Error("The readiness probe timed out.");
  cause.name = "TimeoutError";
  return new AosError(
    code,
    `The probe of ${name} got no answer within ${timeoutMs / 1000} seconds.`,
    { cause },
  );
}

/** Returns undefined on timeout; `work` continues. */
async function withinMs<Value>(
  ms: number,
  work: Promise<Value>,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
