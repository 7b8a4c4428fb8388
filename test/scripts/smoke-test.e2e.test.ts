import { spawn } from "node:child_process";
import { once } from "node:events";
import { startAos } from "../support/cli/aos-process";

/** Runs the smoke test against an address; gives how it ended and what it said. */
async function smokeTest(url: string, patienceSeconds: number) {
  const child = spawn(process.execPath, ["scripts/smoke-test.mjs"], {
    env: {
      ...process.env,
      AOS_URL: url,
      AOS_PATIENCE_SECONDS: String(patienceSeconds),
    },
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += String(chunk)));
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const [status] = (await once(child, "exit")) as [number];
  return { status, said };
}

test("the smoke test of a deployment passes on AOS that works", async () => {
  await using cloud = await startAos();
  const { status, said } = await smokeTest(cloud.url, 30);
  expect(said).toMatch(/is ready and has completed orchestration/);
  expect(status).toBe(0);
});

test("and fails, with what it waited for, where nobody answers", async () => {
  const { status, said } = await smokeTest("http://127.0.0.1:1", 0);
  expect(said).toMatch(/^smoke test: health\/ready: /);
  expect(status).toBe(1);
});
