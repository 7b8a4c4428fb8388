import { createScratchApps } from "../support/functions-host/scratch-app";
import { createTemporaryFolder } from "../support/shared/temporary-folder";
import { startHostCommand } from "../support/cli/cloud-process";

const data = createTemporaryFolder();
const createApp = createScratchApps();

const app = (hubName: string): string =>
  createApp({
    "host.json": JSON.stringify({
      version: "2.0",
      extensions: { durableTask: { hubName } },
    }),
    "index.js": `
      const { TableClient } = require("@azure/data-tables");
      const { app } = require("@azure/functions");
      require("durable-functions").app.orchestration("run", function* () {});
      const table = () => TableClient.fromConnectionString(
        process.env.AzureWebJobsStorage, "AosHistory", { allowInsecureConnection: true });
      app.http("events", { handler: async () => {
        await table().createTable();
        await table().upsertEntity({ partitionKey: "p", rowKey: "r" });
        return { jsonBody: await table().getEntity("p", "r") };
      } });`,
  });
const env = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };

test("an app fails when it uses a table of its task hub, as on Azure, and the log names both", async () => {
  await using host = await startHostCommand({ app: app("Aos"), data, env });
  const { status } = await fetch(`${host.url}/api/events`);
  expect(status).toBe(500);
  expect(host.output()).toMatch(
    /The name AosHistory belongs to the task hub Aos.*Rename it in the app, or rename the task hub/,
  );
});

test("the same app succeeds when a setting gives the task hub another name", async () => {
  await using host = await startHostCommand({
    app: app("Aos"),
    data,
    env: {
      ...env,
      AzureFunctionsJobHost__extensions__durableTask__hubName: "Other",
    },
  });
  const response = await fetch(`${host.url}/api/events`);
  expect(await response.json()).toMatchObject({ partitionKey: "p" });
});
