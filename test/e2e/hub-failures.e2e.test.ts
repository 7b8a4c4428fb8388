import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { createApiClient } from "../support/http/api-client";
import { waitForMessages } from "../support/messaging/queue-contents";
import {
  startTestBroker,
  type TestBroker,
} from "../support/messaging/test-broker";
import {
  createTemporaryFolder,
  type ListeningProcess,
  startHostCommand,
} from "../../local-cloud/test/support/cli/cloud-process";
import { eventually } from "../../local-cloud/test/support/shared/eventually";
import { createDurableTaskClient } from "../../local-cloud/test/support/durable-task/http-api-client";

const folder = createTemporaryFolder();
const failFile = join(folder, "fail");
let broker: TestBroker;
let client: ServiceBusClient;
let host: ListeningProcess;
beforeAll(async () => {
  broker = await startTestBroker();
  client = new ServiceBusClient(broker.connectionString);
  host = await startHostCommand({
    app: resolve("test/fixtures/failed-aos"),
    data: join(folder, "data"),
    env: {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
      AOS_MODEL_PROVIDER: "offline",
      AOS_REPORTS_FOLDER: join(folder, "reports"),
      FAIL_FILE: failFile,
    },
  });
});
afterAll(async () => {
  await host.stop();
  await client.close();
  await broker.stop();
});

const hub = createDurableTaskClient(() => host.url);
const sweep = async (): Promise<void> => {
  await fetch(`${host.url}/admin/functions/sweepClaims`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
};
const startReview = (id: string) =>
  createApiClient(host.url).start({
    id,
    workflow: "document-review",
    replyTo: "agent-responses",
    input: { documents: ["contract-office-lease.txt"] },
  });
/** All responses of the orchestration, when there is one. */
const waitForResponses = (id: string) =>
  eventually(async () => {
    const all = await waitForMessages(0, client, "agent-responses");
    const found = all.filter(({ correlationId }) => correlationId === id);
    if (found.length === 0) throw new Error(`There is no response of ${id}.`);
    return found;
  });
const readHistory = async (id: string) => {
  const { body } = await createApiClient(host.url).get<{
    readonly items: readonly OrchestrationEvent[];
  }>(`orchestrations/${id}/history`);
  return body.items;
};

test("resumes a review that the host failed, without a GET: one response, each call and step recorded once", async () => {
  const id = "resumed";
  writeFileSync(failFile, id);
  await startReview(id);
  await hub.whenStatus(id, "Failed");
  await sweep();
  const [response, ...others] = await waitForResponses(id);
  expect(others).toEqual([]);
  expect(response).toMatchObject({
    messageId: `${id}:response`,
    body: { status: "completed" },
  });
  const history = await readHistory(id);
  expect(
    history.find(({ type }) => type === "orchestration.resumed")?.data,
  ).toEqual({
    resumption: 1,
    error: {
      code: "platform_failed",
      message: expect.stringContaining("language workers") as string,
    },
  });
  const names = history
    .filter(({ type }) => type !== "orchestration.resumed")
    .map(({ type, stepId, data }) =>
      JSON.stringify([type, stepId, data?.["round"], data?.["callId"]]),
    );
  expect(names).toEqual([...new Set(names)]);
  const { body } = await createApiClient(host.url).status(id);
  const { body: other } = await startReview("undisturbed").then(() =>
    createApiClient(host.url).status("undisturbed", "30s"),
  );
  expect(body).toMatchObject({ status: "completed", usage: other.usage });
  expect(body.progress).toEqual(other.progress);
  expect(history).toHaveLength((await readHistory("undisturbed")).length + 1);
}, 60_000);

test("answers an orchestration that was terminated in the task hub, without a GET", async () => {
  const id = "stopped";
  const api = createApiClient(host.url);
  const step = {
    id: "plan",
    kind: "tool",
    tool: "readDocument",
    input: { name: "missing.txt" },
    retry: { maxAttempts: 5, firstDelay: "5m" },
  };
  await api.start({
    id,
    replyTo: "agent-responses",
    definition: { name: id, version: "1", steps: [step] },
  });
  await hub.whenStatus(id, "Running");
  await hub.call("POST", `instances/${id}/terminate?reason=too-expensive`);
  await hub.whenStatus(id, "Terminated");
  await sweep();
  const [response] = await waitForResponses(id);
  expect(response).toMatchObject({
    messageId: `${id}:response`,
    body: {
      status: "terminated",
      error: { code: "terminated", message: "too-expensive" },
    },
  });
  const { body } = await api.get<{ readonly items: readonly { id: string }[] }>(
    "orchestrations?status=terminated",
  );
  expect(body.items.map((item) => item.id)).toEqual([id]);
}, 60_000);
