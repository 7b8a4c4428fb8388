import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  spawnCommand,
  waitUntilListening,
} from "../../support/cli/cloud-process";
import { createScratchApps } from "../../support/functions-host/scratch-app";
import { eventually } from "../../support/shared/eventually";

const createApp = createScratchApps();
const noWorker = "Did not find any initialized language workers";

const app = createApp({
  "index.js": `
    const { mkdirSync } = require("node:fs");
    const { app } = require("@azure/functions");
    const df = require("durable-functions");
    app.http("hello", { handler: () => ({ body: "hello" }) });
    df.app.activity("createFolder", { handler: (name) => { mkdirSync(name); } });
    df.app.activity("tick", { handler: () => new Promise((resolve) => setTimeout(resolve, 20)) });
    df.app.orchestration("writeAndContinue", function* (context) {
      yield context.df.callActivity("createFolder", context.df.getInput());
      for (let i = 0; i < 1000; i += 1) yield context.df.callActivity("tick");
    });
    df.app.orchestration("wait", function* (context) {
      yield context.df.waitForExternalEvent("go");
    });`,
});

interface Status {
  readonly runtimeStatus: string;
  readonly output: string;
}

test("a new folder in the root of the app restarts the host: functions fail meanwhile, orchestrators for good", async () => {
  // The data folder is in the app, and does not restart the host.
  const data = join(app, ".local-cloud");
  await using host = await waitUntilListening(
    spawnCommand(["host", "--app", app, "--port", "0", "--data", data]),
  );
  const api = `${host.url}/runtime/webhooks/durabletask`;
  const start = async (name: string, input: unknown): Promise<string> => {
    const response = await fetch(`${api}/orchestrators/${name}`, {
      method: "POST",
      body: JSON.stringify(input),
    });
    return ((await response.json()) as { readonly id: string }).id;
  };
  const status = async (id: string): Promise<Status> =>
    (await (await fetch(`${api}/instances/${id}`)).json()) as Status;
  const hello = async (): Promise<number> =>
    (await fetch(`${host.url}/api/hello`)).status;

  writeFileSync(join(app, "new-file.txt"), "");
  mkdirSync(join(app, ".local-cloud", "new-folder"));
  expect(await hello()).toBe(200);
  expect(host.output()).not.toMatch(/Directory change/);

  const waiting = await start("wait", null);
  const writer = await start("writeAndContinue", "output");
  await eventually(async () => {
    expect(await hello()).toBe(500);
  });
  await fetch(`${api}/instances/${waiting}/raiseEvent/go`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "1",
  });
  await host.waitForOutput(/The host has restarted/);
  expect(host.output()).toContain(
    `Directory change of type 'Created' detected for '${join(app, "output")}'`,
  );
  expect(host.output()).toContain(
    "Host configuration has changed. Signaling restart",
  );
  expect(await status(writer)).toMatchObject({
    runtimeStatus: "Failed",
    output: expect.stringContaining(noWorker) as string,
  });
  expect(await status(waiting)).toMatchObject({
    runtimeStatus: "Failed",
    output: `Orchestrator function 'wait' failed: ${noWorker}`,
  });

  expect(await hello()).toBe(200);
  rmSync(join(app, "output"), { recursive: true });
  await host.waitForOutput(/change of type 'Deleted' detected for '.*output'/);
});
