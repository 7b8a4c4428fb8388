import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  waitUntilListening,
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../support/cli/cloud-process";
import { createScratchApps } from "../support/functions-host/scratch-app";

const createApp = createScratchApps();
const scratch = createTemporaryFolder();

/** An app whose `appTerminate` hook runs the statement. */
const appWithTerminateHook = (statement: string) => ({
  "index.js": `const { app } = require("@azure/functions");
    app.http("hello", { route: "greet/{name?}", methods: ["POST"], handler: () => ({}) });
    app.hook.appTerminate(() => { process.stderr.write("the app ends\\n"); ${statement} });`,
});

const startInAppFolder = (app: string, ...args: readonly string[]) =>
  waitUntilListening(
    spawnCommand(["host", "--app", app, "--port", "0", ...args]),
  );

describe("azure-local-cloud host", () => {
  test.each(["--help", "-h"])(
    "prints a line for every option when called with %s",
    async (option) => {
      const { exited, output } = spawnCommand(["host", option]);
      expect(await exited).toBe(0);
      for (const name of ["app", "port", "data", "auth", "verbose"])
        expect(output()).toMatch(new RegExp(`^ +--${name} `, "m"));
    },
  );

  test.each([
    [["--nope"], "Unknown option '--nope'"],
    [["here"], "Unexpected argument 'here'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--port", "many"], "--port many is not a port"],
    [["--port", "65536"], "--port 65536 is not a port"],
    [["--port=-1"], "--port -1 is not a port"],
  ])(
    "exits with 1 and prints the problem and its usage when called with %j",
    async (args, problem) => {
      const { exited, output } = spawnCommand(["host", ...args]);
      expect(await exited).toBe(1);
      expect(output()).toContain(problem);
      expect(output()).toContain("--app <folder>");
      expect(output()).not.toMatch(/^ +at /m);
    },
  );

  test("stops when its output can no longer be written", async () => {
    const app = createApp({
      "index.js": `const { app } = require("@azure/functions");
        app.http("logs", { handler: (_, context) => { context.log("written"); return { body: "done" }; } });`,
    });
    const { child, exited, url } = await startInAppFolder(app);
    child.stdout?.destroy();
    child.stderr?.destroy();
    await (await fetch(`${url}/api/logs`)).text();
    expect(await exited).toBe(0);
  });

  test.each(["", "nope", "__proto__"])(
    "is listed in the error for an unknown command %j",
    async (name) => {
      const { exited, output } = spawnCommand([name]);
      expect(await exited).toBe(1);
      expect(output()).toContain(`There is no command '${name}'.`);
      expect(output()).toContain("host");
    },
  );

  test("picks a free port for --port 0 and lists the functions with their methods and URLs", async () => {
    const app = createApp(appWithTerminateHook(""));
    await using first = await startHostCommand({
      app,
      data: join(scratch, "one"),
    });
    await using second = await startHostCommand({
      app,
      data: join(scratch, "two"),
    });
    expect(first.url).toMatch(/^http:\/\/localhost:[1-9]\d*$/);
    expect(second.url).not.toBe(first.url);
    expect(first.output()).toBe(
      `Listening on ${first.url}\n  hello: [POST] ${first.url}/api/greet/{name?}\n`,
    );
  });

  test("stores its data in .local-cloud of the app's folder by default", async () => {
    const app = createApp();
    const host = await startInAppFolder(app, "--auth");
    expect(existsSync(join(app, ".local-cloud", "keys.json"))).toBe(true);
    expect(await host.stop()).toBe(0);
  });

  test("exits with 1 and creates no files in a folder without package.json", async () => {
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
    "runs the appTerminate hooks on %s and exits with 0",
    async (signal) => {
      const app = createApp(appWithTerminateHook(""));
      const { child, exited, output, url } = await startInAppFolder(app);
      child.kill(signal);
      expect(await exited).toBe(0);
      expect(output()).toContain("the app ends");
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  test("exits with 1 on a second SIGINT while an appTerminate hook still runs", async () => {
    const app = createApp(
      appWithTerminateHook(
        "return new Promise(() => setInterval(() => {}, 1000));",
      ),
    );
    const { child, exited, waitForOutput } = await startInAppFolder(app);
    child.kill("SIGINT");
    await waitForOutput(/the app ends/);
    child.kill("SIGINT");
    expect(await exited).toBe(1);
  });
});
