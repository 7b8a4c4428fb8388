/**
 * Looks at everything that the app needs, side by side.
 *
 * 1. Each look has a time limit: one service that does not answer holds back no answer about the others.
 * 2. At most one look at a part is under way, and what it found is good for some seconds: probes come from many places, at
 *    any rate, and must cost the service next to nothing.
 * 3. A look that outlives its limit goes on, and what it finds in the end is told the next time, for it knows the reason.
 */
import { AosError } from "../domain/errors";
import type { TaskHubClient } from "../orchestrations/task-hub";
import type { HealthDependency, HealthProbe } from "./health-dependency";
import {
  diagnose,
  type Diagnosis,
  diagnoseUnresolvedSettings,
} from "./diagnosis";

export interface ReadinessTiming {
  /** Milliseconds that what was found is good for. */
  readonly cacheMs: number;
  /** Milliseconds after which a look that has not ended is told as one without an answer. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

export type ReadinessResult = Readonly<Record<string, unknown>> & {
  readonly status: "ok" | "failed" | "not configured";
};

type Found = Diagnosis | "ok";

/** A function that looks at the dependency. */
export function createReadinessCheck(
  dependency: HealthDependency,
  timing: ReadinessTiming,
): (hub: TaskHubClient) => Promise<ReadinessResult> {
  const { probes, unresolved } = dependency;
  if (unresolved.length > 0) {
    const failed = failedCheck(dependency, [
      diagnoseUnresolvedSettings(dependency),
    ]);
    return () => Promise.resolve(failed);
  }
  if (probes === undefined)
    return () => Promise.resolve({ status: "not configured" });
  const looks = probes.map((part) => lookAt(dependency, part, timing));
  return async (hub) => {
    const found = await Promise.all(looks.map((look) => look(hub)));
    const problems = found.filter((each) => each !== "ok");
    return problems.length === 0
      ? { ...dependency.details, status: "ok" }
      : failedCheck(dependency, problems);
  };
}

/** The first problem's code and message are told of the whole: that is what is asked for by programs. */
function failedCheck(
  { details, settings }: HealthDependency,
  problems: readonly Diagnosis[],
): ReadinessResult {
  const [first] = problems;
  return {
    ...details,
    status: "failed",
    code: first?.code,
    message: first?.problem.message,
    settings,
    problems: problems.map(({ problem }) => problem),
  };
}

function lookAt(
  dependency: HealthDependency,
  part: HealthProbe,
  { cacheMs, timeoutMs, now }: ReadinessTiming,
): (hub: TaskHubClient) => Promise<Found> {
  let last: { readonly at: number; readonly found: Found } | undefined;
  let looking: Promise<Found> | undefined;
  const look = async (hub: TaskHubClient): Promise<Found> => {
    const found = await lookOnce(dependency, part, hub);
    last = { at: now().getTime(), found };
    looking = undefined;
    return found;
  };
  return async (hub) => {
    if (last !== undefined && now().getTime() - last.at < cacheMs)
      return last.found;
    looking ??= look(hub);
    const inTime = await withinMs(timeoutMs, looking);
    if (inTime !== undefined) return inTime;
    return last !== undefined && last.found !== "ok"
      ? last.found
      : diagnose(dependency, part, noAnswer(dependency, part, timeoutMs));
  };
}

async function lookOnce(
  dependency: HealthDependency,
  part: HealthProbe,
  hub: TaskHubClient,
): Promise<Found> {
  try {
    await part.check(hub);
    return "ok";
  } catch (error) {
    return diagnose(dependency, part, error);
  }
}

function noAnswer(
  { code }: HealthDependency,
  { name }: HealthProbe,
  limitMs: number,
): AosError {
  const cause = new Error("The time of the check is over.");
  cause.name = "TimeoutError";
  return new AosError(
    code,
    `There was no answer about ${name} within ${limitMs / 1000} seconds.`,
    { cause },
  );
}

/** Undefined when it takes longer. */
async function withinMs<Value>(
  ms: number,
  work: Promise<Value>,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
