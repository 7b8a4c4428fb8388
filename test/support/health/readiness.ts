import { createApiClient } from "../http/api-client";

interface Problem {
  readonly part: string;
  readonly cause: string;
  readonly message: string;
  readonly advice: string;
  readonly role?: string;
}
interface Readiness {
  readonly status: string;
  readonly checks: Readonly<
    Record<
      string,
      {
        readonly status: string;
        readonly code?: string;
        readonly settings?: readonly string[];
        readonly problems?: readonly Problem[];
      }
    >
  >;
}

/** What is wrong with each dependency, as `part: cause`; or its status when nothing is. */
export async function fetchReadiness(url: string) {
  const api = createApiClient(url);
  expect((await api.get("health/live")).status).toBe(200);
  const began = Date.now();
  const { status, body } = await api.get<Readiness>("health/ready");
  const tookMs = Date.now() - began;
  const causes = Object.fromEntries(
    Object.entries(body.checks).map(([name, { status, problems }]) => [
      name,
      problems?.map(({ part, cause }) => `${part}: ${cause}`) ?? status,
    ]),
  );
  const problems = Object.values(body.checks).flatMap(
    (check) => check.problems ?? [],
  );
  return { status, checks: body.checks, causes, problems, tookMs };
}
