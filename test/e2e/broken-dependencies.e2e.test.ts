import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join, resolve } from "node:path";
import { startChatServer } from "../support/models/chat-server";
import { createApiClient, pollUntil } from "../support/http/api-client";
import { startFakeAzure } from "../support/health/fake-azure";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import {
  type TestBroker,
  startTestBroker,
} from "../support/messaging/test-broker";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";
import { fetchReadiness } from "../support/health/readiness";
import { restrictToPermissions } from "../support/storage/sas";

const folder = createTemporaryFolder();
let azurite: Azurite;
let broker: TestBroker;
beforeAll(async () => {
  [azurite, broker] = await Promise.all([startAzurite(), startTestBroker()]);
});
afterAll(async () => {
  await broker.stop();
  await azurite.stop();
});

let hosts = 0;
const startHost = (env: Readonly<Record<string, string>>, app = ".") =>
  startHostCommand({
    app: resolve(app),
    data: join(folder, `${hosts++}`),
    env,
  });

const messagingProbes = [
  "receiving from agent-requests",
  "receiving from agent-requests-deadletter",
  "sending to agent-responses",
  "sending to agent-events",
];
const withBrokerAddress = (address: string): string =>
  broker.connectionString.replace(/localhost:\d+/, address);

test("readiness reports wrong or insufficient keys as key_refused, with the setting and the required role", async () => {
  await using model = await startChatServer(() => ({
    status: 401,
    body: { error: { message: "Incorrect API key provided." } },
  }));
  await using host = await startHost({
    AzureWebJobsStorage: restrictToPermissions(azurite.connectionString, "l"),
    AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString.replace(
      /SharedAccessKey=[^;]+/,
      "SharedAccessKey=wrong",
    ),
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: "hunter2",
    OPENAI_MODEL: "gpt",
  });
  const { status, causes, checks, problems } = await fetchReadiness(host.url);
  expect(status).toBe(503);
  expect(causes).toEqual({
    keyVault: "ok",
    taskHub: "ok",
    storage: ["tables: key_refused", "blobs: key_refused"],
    serviceBus: messagingProbes.map((part) => `${part}: key_refused`),
    model: ["models of openai: key_refused"],
  });
  expect(checks).toMatchObject({
    storage: { code: "storage_unavailable", settings: ["AzureWebJobsStorage"] },
    serviceBus: {
      code: "messaging_unavailable",
      settings: ["AZURE_SERVICEBUS_CONNECTION_STRING"],
    },
    model: { settings: ["OPENAI_BASE_URL", "OPENAI_API_KEY"] },
  });
  expect(problems[0]).toMatchObject({
    message: expect.stringContaining("not authorized to perform") as unknown,
    advice: expect.stringMatching(
      /AzureWebJobsStorage is wrong.*role "Storage Table Data Contributor"/,
    ) as unknown,
  });
  expect(JSON.stringify(checks)).not.toMatch(/hunter2|sig=|SharedAccessKey=/);
  expect(
    (await createApiClient(host.url).get("orchestrations")).body,
  ).toMatchObject({
    status: 503,
    code: "storage_unavailable",
  });
});

test.each([
  ["the compiled app", "."],
  ["the package", "dist/package"],
])(
  "readiness names the missing roles of an identity and an unknown host, with %s",
  async (_, app) => {
    const azure = await startFakeAzure();
    const settings = {
      ...azure.identity,
      AZURE_STORAGE_CONNECTION_STRING__tableServiceUri: azure.storageUrl,
      AZURE_STORAGE_CONNECTION_STRING__blobServiceUri: azure.storageUrl,
      AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace:
        "aos.invalid",
      AZURE_OPENAI_ENDPOINT: azure.modelUrl,
      AZURE_OPENAI_DEPLOYMENT: "gpt",
    };
    await using host = await startHost(settings, app);
    const { status, causes, problems } = await fetchReadiness(host.url);
    expect(status).toBe(503);
    expect(causes).toEqual({
      keyVault: "ok",
      taskHub: "ok",
      storage: ["tables: role_missing", "blobs: role_missing"],
      serviceBus: messagingProbes.map((part) => `${part}: host_unknown`),
      model: ["models of azure-openai: role_missing"],
    });
    const roles = problems.flatMap(({ role, advice }) => {
      if (role !== undefined)
        expect(advice).toContain(`Assign the role "${role}"`);
      return role ?? [];
    });
    expect(roles).toEqual([
      "Storage Table Data Contributor",
      "Storage Blob Data Contributor",
      "Cognitive Services OpenAI User",
    ]);
    expect(problems[2]?.advice).toContain(
      "host name in AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace is correct",
    );
    // Several monitors poll readiness, so its result is cached.
    const requestCount = azure.requests.length;
    await Promise.all([fetchReadiness(host.url), fetchReadiness(host.url)]);
    expect(azure.requests).toHaveLength(requestCount);
    azure.stop();
  },
);

test("with unresolved Key Vault references, tool steps complete and agent steps fail", async () => {
  const reference = "@Microsoft.KeyVault(VaultName=acme;SecretName=k)";
  await using host = await startHost({
    AzureWebJobsStorage: azurite.connectionString,
    OPENAI_API_KEY: reference,
    OPENAI_MODEL: "gpt",
    APPLICATIONINSIGHTS_CONNECTION_STRING: reference,
    AZURE_SERVICEBUS_CONNECTION_STRING: "",
  });
  const { status, causes, checks, problems } = await fetchReadiness(host.url);
  expect(status).toBe(503);
  expect(causes).toEqual({
    keyVault: ["settings: unresolved_reference"],
    taskHub: "ok",
    storage: "ok",
    serviceBus: "not configured",
    model: ["settings: unresolved_reference"],
  });
  expect(checks["keyVault"]?.settings?.toSorted()).toEqual([
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "OPENAI_API_KEY",
  ]);
  expect(problems[0]).toMatchObject({
    role: "Key Vault Secrets User",
    message: expect.stringContaining("OPENAI_API_KEY") as unknown,
  });
  expect(JSON.stringify(checks)).not.toContain("SecretName");
  const api = createApiClient(host.url);
  const run = async (id: string, step: object) => {
    const definition = { name: id, version: "1", steps: [step] };
    expect((await api.start({ definition, id })).status).toBe(202);
    return pollUntil(
      () => api.status(id, "10s"),
      ({ body }) => body.endedAt !== undefined,
    );
  };
  const tool = await run("tool", {
    id: "list",
    kind: "tool",
    tool: "listDocuments",
  });
  expect(tool.body.status).toBe("completed");
  const agent = await run("agent", {
    id: "say",
    kind: "agent",
    agent: "writer",
    prompt: "Hello",
    retry: { maxAttempts: 1 },
  });
  expect(agent.body).toMatchObject({
    status: "failed",
    error: {
      message: expect.stringContaining(
        "OPENAI_API_KEY is a Key Vault reference",
      ) as unknown,
    },
  });
});

test("runs HTTP requests while the Service Bus connection string is an unresolved reference", async () => {
  await using host = await startHost({
    AzureWebJobsStorage: azurite.connectionString,
    AOS_MODEL_PROVIDER: "offline",
    AZURE_SERVICEBUS_CONNECTION_STRING:
      "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/b)",
  });
  const { causes } = await fetchReadiness(host.url);
  expect(causes).toMatchObject({
    storage: "ok",
    serviceBus: ["settings: unresolved_reference"],
    model: "ok",
  });
  const api = createApiClient(host.url);
  const start = {
    workflow: "document-review",
    id: "http-request",
    input: { documents: ["contract-office-lease.txt"] },
  };
  expect((await api.start(start)).status).toBe(202);
  // Its end is recorded now; the lifecycle event is sent when Service Bus is available.
  await pollUntil(
    () => api.status("http-request", "10s"),
    ({ body }) => body.status === "completed",
  );
  expect((await api.get("dead-letters")).body).toMatchObject({
    status: 503,
    code: "messaging_unavailable",
  });
});

test("readiness reports unreachable and unresponsive services without delaying the others", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await using host = await startHost({
    AzureWebJobsStorage: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:${port}/a;BlobEndpoint=http://aos.invalid/a`,
    AZURE_SERVICEBUS_CONNECTION_STRING: withBrokerAddress("localhost:1"),
    OPENAI_BASE_URL: "http://aos.invalid/v1",
    OPENAI_MODEL: "gpt",
  });
  const { causes } = await fetchReadiness(host.url);
  silent.close();
  expect(causes).toEqual({
    keyVault: "ok",
    taskHub: "ok",
    storage: ["tables: no_answer", "blobs: host_unknown"],
    serviceBus: messagingProbes.map((part) => `${part}: unreachable`),
    model: ["models of openai: host_unknown"],
  });
});

test("readiness reports a connection string without a key; the other dependencies are ok", async () => {
  await using host = await startHost({
    AzureWebJobsStorage: azurite.connectionString,
    AZURE_STORAGE_CONNECTION_STRING: "AccountName=acme",
    AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    AOS_MODEL_PROVIDER: "offline",
  });
  const { causes, checks } = await fetchReadiness(host.url);
  expect(causes).toEqual({
    keyVault: "ok",
    taskHub: "ok",
    storage: ["tables: setting_invalid", "blobs: setting_invalid"],
    serviceBus: "ok",
    model: "ok",
  });
  expect(checks["storage"]).toMatchObject({
    code: "configuration_invalid",
    settings: ["AZURE_STORAGE_CONNECTION_STRING"],
  });
  expect((await createApiClient(host.url).get("dead-letters")).status).toBe(
    200,
  );
});
