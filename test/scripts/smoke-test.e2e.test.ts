import { startAos } from "../support/cli/aos-process";
import { runSmokeTest } from "../support/scripts/run-smoke-test";

const runWithTimeout = (url: string, timeoutSeconds: number) =>
  runSmokeTest({
    AOS_URL: url,
    AOS_PATIENCE_SECONDS: String(timeoutSeconds),
  });

test("the smoke test exits with 0 when an orchestration completes", async () => {
  await using aos = await startAos();
  const { code, output } = await runWithTimeout(aos.url, 30);
  expect(output).toMatch(/is ready and has completed orchestration/);
  expect(code).toBe(0);
});

test("the smoke test exits with 1 and names health/ready when nothing listens at the URL", async () => {
  const { code, output } = await runWithTimeout("http://127.0.0.1:1", 0);
  expect(output).toMatch(/^smoke test: health\/ready: /);
  expect(code).toBe(1);
});
