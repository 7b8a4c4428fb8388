import { join, resolve } from "node:path";
import { createApiClient, pollUntil } from "../support/http/api-client";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import { createDurableTaskClient } from "../../local-cloud/test/support/durable-task/http-api-client";
import {
  type ListeningProcess,
  startHostCommand,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";

const folder = createTemporaryFolder();
let azurite: Azurite;
let host: ListeningProcess;
beforeAll(async () => {
  azurite = await startAzurite();
  host = await startHostCommand({
    app: resolve("test/fixtures/purged-aos"),
    data: join(folder, "data"),
    env: {
      AzureWebJobsStorage: azurite.connectionString,
      AOS_MODEL_PROVIDER: "offline",
      AOS_REPORTS_FOLDER: join(folder, "reports"),
    },
  });
});
afterAll(async () => {
  await host.stop();
  await azurite.stop();
});

const purgeAfter = async (days: number) => {
  const answer = await fetch(`${host.url}/api/purge/${days}`, {
    method: "POST",
  });
  return (await answer.json()) as readonly Readonly<Record<string, unknown>>[];
};

test("purges an orchestration that ended a month ago from the task hub and keeps its status and history", async () => {
  const api = createApiClient(host.url);
  const request = {
    workflow: "document-review",
    id: "review",
    input: { documents: ["contract-office-lease.txt"] },
  };
  await api.start(request);
  const before = await pollUntil(
    () => api.status("review", "10s"),
    ({ body }) => body.status === "completed",
  );
  const { get, call } = createDurableTaskClient(() => host.url);
  await createDurableTaskClient(() => host.url).whenStatus(
    "review",
    "Completed",
  );

  const purged = { event: "hub.purged", retentionDays: 30 };
  expect(await purgeAfter(29)).toEqual([{ ...purged, instances: 0 }]);
  expect(await get("instances/review")).toMatchObject({
    runtimeStatus: "Completed",
  });
  const [event] = await purgeAfter(31);
  expect(event).toMatchObject(purged);
  // Includes the sub-orchestrations of the agent turns.
  expect(event?.["instances"]).toBeGreaterThan(1);
  expect((await call("GET", "instances/review")).status).toBe(404);

  expect((await api.status("review")).body).toEqual(before.body);
  const rows = await api.get<{ readonly items: readonly object[] }>(
    "orchestrations/review/history",
  );
  expect(rows.body.items.length).toBeGreaterThan(5);
  // The claim remains, so the same request starts nothing.
  expect((await api.start(request)).status).toBe(200);
  expect((await call("GET", "instances/review")).status).toBe(404);
});
