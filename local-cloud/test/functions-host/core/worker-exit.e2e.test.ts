import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ListeningProcess,
  startHostCommand,
} from "../../support/cli/cloud-process";
import { createScratchApps } from "../../support/functions-host/scratch-app";
import { eventually } from "../../support/shared/eventually";
import { createTemporaryFolder } from "../../support/shared/temporary-folder";

const createApp = createScratchApps();
const scratch = createTemporaryFolder();

/** `wait` functions never end in the process that starts them; each call adds a line to the file. */
const app = createApp({
  "index.js": `
    const { appendFileSync, readFileSync } = require("node:fs");
    const { app } = require("@azure/functions");
    const df = require("durable-functions");
    const log = process.env.CALLS_FILE;
    const note = (line) => appendFileSync(log, line + "\\n");
    const count = (line) => readFileSync(log, "utf8").split("\\n").filter((one) => one === line).length;
    const forever = () => new Promise(() => setInterval(() => note("zombie"), 10));
    df.app.activity("slow", { handler: () => { note("activity"); return forever(); } });
    df.app.orchestration("run", function* (context) {
      try { yield context.df.callActivity("slow"); }
      catch (error) { return error.message; }
    });
    df.app.entity("counter", async (context) => {
      note("entity");
      if (count("entity") === 1) await forever();
      context.df.setState(1);
    });
    app.http("hang", { handler: () => { note("http"); return forever(); } });
    app.http("crash", { handler: (request) => {
      note("crash");
      switch (request.query.get("how")) {
        case "throw": setTimeout(() => { throw new Error("out of paper"); }); break;
        case "reject": void Promise.reject(new Error("out of paper")); break;
        case "exit": process.exit(7);
      }
      return forever();
    } });`,
});

const startHost = (name: string): Promise<ListeningProcess> =>
  startHostCommand({
    app,
    data: join(scratch, name),
    env: { CALLS_FILE: join(scratch, `${name}.txt`) },
  });

const readCalls = (name: string): readonly string[] => {
  const file = join(scratch, `${name}.txt`);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
};

const whenRestarted = (
  host: ListeningProcess,
  times: number,
): Promise<string> =>
  host.waitForOutput(new RegExp(`(?:Listening on [^]*){${times + 1}}`));

test.each([
  ["throw", "1 (0x1)"],
  ["reject", "1 (0x1)"],
  ["exit", "7 (0x7)"],
])(
  "after an exit by %s, the activity in flight fails, the entity operation runs again, and HTTP calls get 500",
  async (how, code) => {
    await using host = await startHost(how);
    const api = `${host.url}/runtime/webhooks/durabletask`;
    const post = (path: string) =>
      fetch(`${api}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "1",
      });
    await post("orchestrators/run/x");
    await post("entities/counter/c?op=add");
    const hanging = fetch(`${host.url}/api/hang`);
    await eventually(() => {
      expect(readCalls(how)).toEqual(
        expect.arrayContaining(["activity", "entity", "http"]),
      );
    });
    const crashing = fetch(`${host.url}/api/crash?how=${how}`);
    expect((await hanging).status).toBe(500);
    expect((await crashing).status).toBe(500);
    await whenRestarted(host, 1);
    expect(host.output()).toContain(`node exited with code ${code}`);

    await eventually(async () => {
      const response = await fetch(`${api}/instances/x`);
      expect(await response.json()).toMatchObject({
        runtimeStatus: "Completed",
        output: expect.stringContaining(
          `Activity function 'slow' failed: node exited with code ${code}`,
        ) as string,
      });
    });
    await eventually(async () => {
      const response = await fetch(`${api}/entities/counter/c`);
      expect(await response.json()).toBe(1);
    });
    const calls = readCalls(how).filter((line) => line !== "zombie");
    expect(calls.filter((line) => line === "activity")).toHaveLength(1);
    expect(calls.filter((line) => line === "entity")).toHaveLength(2);
    // The code of the crashed process no longer runs: the last line is of the entity.
    expect(readCalls(how).slice(-2)).toEqual(["entity", ""]);
  },
);

test("the third exit within half a minute ends the command with 1", async () => {
  await using host = await startHost("three");
  for (const times of [1, 2]) {
    await fetch(`${host.url}/api/crash?how=throw`);
    await whenRestarted(host, times);
  }
  await fetch(`${host.url}/api/crash?how=throw`);
  expect(await host.exited).toBe(1);
  expect(host.output()).toMatch(/out of paper/);
  expect(host.output()).toMatch(
    /The app ended its process 3 times within 30 seconds/,
  );
});

test("a stop signal after a restart stops the host", async () => {
  const host = await startHost("stop");
  await fetch(`${host.url}/api/crash?how=throw`);
  await whenRestarted(host, 1);
  await host.stop();
  await expect(fetch(host.url)).rejects.toThrow();
});
