import { createApiClient } from "../http/api-client";

interface DependencyProblem {
  readonly part: string;
  readonly cause: string;
  readonly message: string;
  readonly advice: string;
  readonly role?: string;
}
interface ReadinessBody {
  readonly status: string;
  readonly checks: Readonly<
    Record<
      string,
      {
        readonly status: string;
        readonly code?: string;
        readonly settings?: readonly string[];
        readonly problems?: readonly DependencyProblem[];
      }
    >
  >;
}

/** `causes` contains the problems of each dependency as `part: cause`, or its status when it has none. */
export async function fetchReadiness(url: string) {
  const api = createApiClient(url);
  expect((await api.get("health/live")).status).toBe(200);
  const { status, body } = await api.get<ReadinessBody>("health/ready");
  const causes = Object.fromEntries(
    Object.entries(body.checks).map(([name, { status, problems }]) => [
      name,
      problems?.map(({ part, cause }) => `${part}: ${cause}`) ?? status,
    ]),
  );
  const problems = Object.values(body.checks).flatMap(
    (check) => check.problems ?? [],
  );
  return { status, checks: body.checks, causes, problems };
}
