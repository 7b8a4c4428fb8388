import { resolve } from "node:path";
import { launchProcess } from "../../../local-cloud/shared/process/launch-process";

/** Runs the smoke test of a deployment to its end. */
export async function runSmokeTest(env: Readonly<Record<string, string>>) {
  const smokeTest = launchProcess(resolve("scripts/smoke-test.mjs"), [], {
    env,
  });
  const code = await smokeTest.exited;
  return { code, output: smokeTest.output() };
}
