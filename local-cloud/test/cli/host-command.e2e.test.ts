import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/shared/eventually";
import {
  waitUntilListening,
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../support/cli/cloud-process";
import { createScratchApps } from "../support/functions-host/scratch-app";

const app = createScratchApps();
const scratch = createTemporaryFolder();
const terminating = (hook: string) => ({
  "index.js": `const { app } = require("@azure/functions");
    app.http("hello", { route: "greet/{name?}", methods: ["POST"], handler: () => ({}) });
    app.hook.appTerminate(() => { process.stderr.write("the app ends\\n"); ${hook} });`,
});

async function start(folder: string, ...args: readonly string[]) {
  const running = spawnCommand([
    "host",
    "--app",
    folder,
    "--port",
    "0",
    ...args,
  ]);
  return { ...running, url: (await waitUntilListening(running)).url };
}

describe("aos host", () => {
  test.each(["--help", "-h"])("%s explains every option", async (option) => {
    const { exited, output } = spawnCommand(["host", option]);
    expect(await exited).toBe(0);
    for (const explained of ["app", "port", "data", "auth", "verbose"])
      expect(output()).toMatch(new RegExp(`^ +--${explained} `, "m"));
  });

  test.each([
    [["--nope"], "Unknown option '--nope'"],
    [["here"], "Unexpected argument 'here'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--port", "many"], "--port many is not a port"],
    [["--port", "65536"], "--port 65536 is not a port"],
    [["--port=-1"], "--port -1 is not a port"],
  ])(
    "called with %j says what is wrong and how to call it",
    async (args, problem) => {
      const { exited, output } = spawnCommand(["host", ...args]);
      expect(await exited).toBe(1);
      expect(output()).toContain(problem);
      expect(output()).toContain("--app <folder>");
      expect(output()).not.toMatch(/^ +at /m);
    },
  );

  test.each(["", "nope", "__proto__"])(
    "is what an unknown command %j is told of",
    async (name) => {
      const { exited, output } = spawnCommand([name]);
      expect(await exited).toBe(1);
      expect(output()).toContain(`There is no command '${name}'.`);
      expect(output()).toContain("host");
    },
  );

  test("picks a free port and lists the functions with their addresses", async () => {
    const folder = app(terminating(""));
    await using first = await startHostCommand({
      app: folder,
      data: join(folder, "one"),
    });
    await using second = await startHostCommand({
      app: folder,
      data: join(folder, "two"),
    });
    expect(first.url).toMatch(/^http:\/\/localhost:[1-9]\d*$/);
    expect(second.url).not.toBe(first.url);
    expect(first.output()).toBe(
      `Listening on ${first.url}\n  hello: [POST] ${first.url}/api/greet/{name?}\n`,
    );
  });

  test("keeps its data in the app's folder when told nothing else", async () => {
    const folder = app();
    const { child: host, exited } = await start(folder, "--auth");
    expect(existsSync(join(folder, ".local-cloud", "keys.json"))).toBe(true);
    host.kill();
    expect(await exited).toBe(0);
  });

  test("leaves nothing in a folder that is no app", async () => {
    const folder = mkdtempSync(join(scratch, "empty-"));
    const { exited, output } = spawnCommand([
      "host",
      "--app",
      folder,
      "--port",
      "0",
    ]);
    expect(await exited).toBe(1);
    expect(output()).toMatch(/^There is no package\.json in .*--app\.\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "on %s lets the app end and exits with 0",
    async (signal) => {
      const folder = app(terminating(""));
      const { child: host, exited, output, url } = await start(folder);
      host.kill(signal);
      expect(await exited).toBe(0);
      expect(output()).toContain("the app ends");
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  test("does not wait for the app when it is told twice to stop", async () => {
    const folder = app(
      terminating("return new Promise(() => setInterval(() => {}, 1000));"),
    );
    const { child: host, exited, output } = await start(folder);
    host.kill("SIGINT");
    await eventually(() => {
      expect(output()).toContain("the app ends");
      return Promise.resolve();
    });
    host.kill("SIGINT");
    expect(await exited).toBe(1);
  });
});
