import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";
import { runSmokeTest } from "../support/scripts/run-smoke-test";

const folder = createTemporaryFolder();
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const startHost = (data: string, env: Readonly<Record<string, string>>) =>
  startHostCommand({
    app: resolve("."),
    data: join(folder, data),
    args: ["--auth"],
    env: { AOS_MODEL_PROVIDER: "offline", ...env },
  });

/** The function key that `az functionapp keys list` returns. */
function readFunctionKey(data: string): string {
  const text = readFileSync(join(folder, data, "keys.json"), "utf8");
  const { functionKeys } = JSON.parse(text) as {
    readonly functionKeys: { readonly default: string };
  };
  return functionKeys.default;
}

test("exits with 0 on a ready host with a key, and with 1 without a key", async () => {
  await using host = await startHost("works", {
    AzureWebJobsStorage: azurite.connectionString,
  });
  const works = await runSmokeTest({
    AOS_URL: host.url,
    AOS_KEY: readFunctionKey("works"),
  });
  expect(works).toEqual({
    code: 0,
    output: expect.stringMatching(
      /is ready and has completed orchestration/,
    ) as unknown,
  });
  const withoutKey = { AOS_URL: host.url, AOS_PATIENCE_SECONDS: "0" };
  expect(await runSmokeTest(withoutKey)).toMatchObject({
    code: 1,
    output: expect.stringContaining("health/ready: 401") as unknown,
  });
});

test("exits with 1 and prints the failed readiness check when storage is misconfigured", async () => {
  await using host = await startHost("broken", {
    AzureWebJobsStorage: "AccountName=acme",
  });
  const broken = await runSmokeTest({
    AOS_URL: host.url,
    AOS_KEY: readFunctionKey("broken"),
    AOS_PATIENCE_SECONDS: "0",
  });
  expect(broken.code).toBe(1);
  expect(broken.output).toMatch(
    /health\/ready: 503 .*"cause":"setting_invalid".*Correct AzureWebJobsStorage/,
  );
});
