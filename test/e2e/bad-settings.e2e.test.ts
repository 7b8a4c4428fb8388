import { join, resolve } from "node:path";
import { createApiClient } from "../support/http/api-client";
import {
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";

const folder = createTemporaryFolder();

test("exits with 1 and lists every invalid setting", async () => {
  const { exited, output } = spawnCommand(
    ["host", "--app", resolve("."), "--port", "0", "--data", join(folder, "a")],
    {
      AzureWebJobsStorage: "AccountName=acme",
      AzureWebJobsStorage__accountName: "acme",
      AOS_MODEL_PROVIDER: "azure-openai",
      AZURE_OPENAI_DEPLOYMENT: "gpt",
      AOS_MODEL_TIMEOUT_SECONDS: "soon",
      AOS_REPORTS_FOLDER: ".aos/reports",
      AzureFunctionsJobHost__extensions__durableTask__hubName: "my-hub",
      OPENAI_API_KEY: "@Microsoft.KeyVault(VaultName=v;SecretName=s)",
    },
  );
  expect(await exited).toBe(1);
  expect(output()).toMatch(/OPENAI_API_KEY is a Key Vault reference/);
  expect(output()).toMatch(/AOS_MODEL_TIMEOUT_SECONDS must be a number/);
  expect(output()).toMatch(/AOS_REPORTS_FOLDER must be outside/);
  expect(output()).toMatch(/hubName must be 3 to 45 letters and digits/);
  expect(output()).toMatch(/AzureWebJobsStorage conflicts with/);
  expect(output()).toMatch(/AZURE_OPENAI_ENDPOINT is missing/);
});

test("stays live without storage, and reports storage_unavailable in health/ready", async () => {
  await using host = await startHostCommand({
    app: resolve("."),
    data: join(folder, "b"),
    env: {
      AOS_MODEL_PROVIDER: "offline",
      AzureWebJobsStorage:
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:1/a",
    },
  });
  const api = createApiClient(host.url);
  expect((await api.get("health/live")).status).toBe(200);
  expect(await api.get("health/ready")).toMatchObject({
    status: 503,
    body: {
      status: "failed",
      checks: {
        storage: { status: "failed", code: "storage_unavailable" },
        model: { status: "ok" },
      },
    },
  });
});
