import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runFailingHost } from "../../support/functions-host/failing-host";
import { createTemporaryFolder } from "../../support/shared/temporary-folder";
import { createScratchApps } from "../../support/functions-host/scratch-app";

const createApp = createScratchApps();
const scratch = createTemporaryFolder();

const newDataFolder = () => mkdtempSync(join(scratch, "data-"));
const runWithAuth = (app: string, data: string) =>
  runFailingHost({ app, data, args: ["--auth"] });
const esm = { "package.json": '{ "main": "index.js", "type": "module" }' };
const withFunctionsApp = (code: string) => ({
  "index.js": `const { app } = require("@azure/functions"); ${code}`,
});

describe("a host that cannot start", () => {
  test.each([
    [
      "a package.json that is null",
      { "package.json": "null" },
      /package\.json cannot be read: Invalid input: expected object/,
    ],
    [
      "a package.json that is cut off",
      { "package.json": '{ "main": ' },
      /package\.json cannot be read: /,
    ],
    [
      "a main that is not a string",
      { "package.json": '{ "main": 5 }' },
      /package\.json cannot be read: main: Invalid input: expected string/,
    ],
    [
      "a main whose file does not exist",
      { "package.json": '{ "main": "dist/index.js" }' },
      /entry point "dist\/index\.js": File does not exist/,
    ],
    [
      "a main whose second file fails",
      { "package.json": '{ "main": "{index,next}.js" }', "next.js": "x()" },
      /entry point "next\.js": x is not defined \(at .*next\.js:1:1\)$/,
    ],
    [
      "an app that throws a string",
      { "index.js": 'throw "a thrown string"' },
      /entry point "index\.js": a thrown string$/,
    ],
    [
      "an app that throws null",
      { "index.js": "throw null" },
      /entry point "index\.js": null$/,
    ],
    [
      "a module whose top-level await rejects",
      { ...esm, "index.js": 'await Promise.reject(new Error("no database"))' },
      /entry point "index\.js": no database \(at .*index\.js:1:\d+\)$/,
    ],
    [
      "a module that imports a missing package",
      { ...esm, "index.js": 'import "nope"' },
      /entry point "index\.js": Cannot find package 'nope'/,
    ],
    [
      "an appStart hook that fails",
      withFunctionsApp(
        'app.hook.appStart(() => { throw new Error("not ready"); }); app.http("a", { handler: () => ({}) });',
      ),
      /^An appStart hook of the app in \S+ failed: not ready$/,
    ],
    [
      "hooks without functions",
      withFunctionsApp("app.hook.preInvocation(() => {});"),
      /registers no function/,
    ],
    [
      "an unknown HTTP method",
      withFunctionsApp(
        'app.http("tea", { methods: ["BREW"], handler: () => ({}) });',
      ),
      /^Function tea cannot be served at the route "tea": Method 'BREW'/,
    ],
    [
      "a host.json that is null",
      { "host.json": "null" },
      /host\.json is not valid: Invalid input: expected object/,
    ],
    [
      "invalid settings of several extensions",
      {
        "host.json": JSON.stringify({
          version: "2.0",
          extensions: {
            durableTask: {
              hubName: "1",
              httpSettings: { useForwardedHost: 1 },
            },
            queues: { batchSize: 0 },
            serviceBus: { prefetchCount: -1 },
          },
        }),
      },
      /^The configuration of the app is not valid: host\.json: extensions\.queues\.batchSize: .*; host\.json: extensions\.serviceBus\.prefetchCount: .*; host\.json: extensions\.durableTask\.hubName: must be 3 .*; host\.json: extensions\.durableTask\.httpSettings\.useForwardedHost: .*\.$/,
    ],
    [
      "extended sessions, which Azure refuses for Node.js",
      {
        "host.json": JSON.stringify({
          version: "2.0",
          extensions: { durableTask: { extendedSessionsEnabled: true } },
        }),
      },
      /host\.json: extensions\.durableTask\.extendedSessionsEnabled: must be false or absent: extended sessions exist for \.NET only/,
    ],
    [
      "local settings that are cut off",
      { "local.settings.json": "{" },
      /local\.settings\.json cannot be read: /,
    ],
  ])(
    "reports %s in one line without a stack trace",
    async (_, files, expected) => {
      const { code, output } = await runWithAuth(
        createApp(files),
        newDataFolder(),
      );
      expect(output).toMatch(expected);
      expect(output).not.toContain("\n");
      expect(code).toBe(1);
    },
  );

  test.each([
    [
      "task-hub.db",
      "not a database ".repeat(1000),
      /The task hub file \S*\.db is damaged .*move it/,
    ],
    [
      "keys.json",
      "{",
      /The keys in \S*keys\.json cannot be read .*Remove the file/,
    ],
    [
      "keys.json",
      '{ "masterKey": "" }',
      /The keys in \S*keys\.json cannot be read \(masterKey: /,
    ],
  ])(
    "reports a damaged %s and how to repair it",
    async (name, text, expected) => {
      const data = newDataFolder();
      writeFileSync(join(data, name), text);
      const { code, output } = await runWithAuth(createApp(), data);
      expect(output).toMatch(expected);
      expect(output).not.toContain("\n");
      expect(code).toBe(1);
    },
  );

  test("reports the data folder when its path leads into a file", async () => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    const { code, output } = await runWithAuth(createApp(), join(file, "data"));
    expect(output).toMatch(/^The data folder \S*data cannot be written to/);
    expect(code).toBe(1);
  });

  test("releases the data folder", async () => {
    const data = newDataFolder();
    mkdirSync(join(data, "task-hub.db"));
    await runWithAuth(createApp(), data);
    const { output } = await runWithAuth(createApp(), data);
    expect(output).toMatch(/^The task hub file/);
  });
});
