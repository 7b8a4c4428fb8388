import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  createTemporaryFolder,
  startHostCommand,
} from "../../../support/cli/cloud-process";
import { createScratchApps } from "../../../support/functions-host/scratch-app";
import { eventually } from "../../../support/shared/eventually";

const createApp = createScratchApps();
const folder = createTemporaryFolder();

/** The first call of the activity never ends. The second one uses its durable client. */
const app = {
  "index.js": `
const { existsSync, writeFileSync } = require("node:fs");
const df = require("durable-functions");
df.app.orchestration("ask", function* ({ df }) {
  return yield df.callActivity("lookUp", df.instanceId);
});
df.app.activity("lookUp", {
  extraInputs: [df.input.durableClient()],
  handler: async (id, context) => {
    if (!existsSync(process.env.CALLED_FILE)) {
      writeFileSync(process.env.CALLED_FILE, "");
      await new Promise(() => setInterval(() => undefined, 1000));
    }
    return (await df.getClient(context).getStatus(id)).name;
  },
});`,
};

test("gives an activity that runs again after a kill of the host its durable client", async () => {
  const calledFile = join(folder, "called");
  const options = {
    app: createApp(app),
    data: join(folder, "data"),
    env: { CALLED_FILE: calledFile },
  };
  const killed = await startHostCommand(options);
  const path = "/runtime/webhooks/durabletask";
  await fetch(`${killed.url}${path}/orchestrators/ask/one`, { method: "POST" });
  await eventually(() => {
    expect(existsSync(calledFile)).toBe(true);
    return Promise.resolve();
  });
  await killed.kill();
  await using host = await startHostCommand(options);
  await eventually(async () => {
    const response = await fetch(`${host.url}${path}/instances/one`);
    expect(await response.json()).toMatchObject({
      runtimeStatus: "Completed",
      output: "ask",
    });
  });
});
