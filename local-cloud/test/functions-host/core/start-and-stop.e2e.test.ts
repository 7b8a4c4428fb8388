import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { eventually } from "../../support/shared/eventually";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { runFailingHost } from "../../support/functions-host/failing-host";
import { createScratchApps } from "../../support/functions-host/scratch-app";

const scratch = createTemporaryFolder();
const newData = () => mkdtempSync(join(scratch, "data-"));

const createApp = createScratchApps();

describe("a start that fails", () => {
  test.each([
    ["a missing app folder", null, /^There is no package\.json in .*--app\.$/],
    [
      "no entry point",
      { "package.json": "{}" },
      /^The app in .* has no "main"/,
    ],
    [
      "a pattern without matching files",
      { "package.json": '{ "main": "dist/*.js" }' },
      /^Worker was unable to load entry point "dist\/\*\.js": Found zero files matching the supplied pattern/,
    ],
    [
      "a missing package",
      { "index.js": '\nrequire("nope");' },
      /^Worker was unable to load entry point "index\.js": Cannot find module 'nope' \(at .*index\.js:2:1\)$/,
    ],
    [
      "a syntax error",
      { "index.js": "\nconst = 1;" },
      /^Worker was unable .*: Unexpected token '=' \(at .*index\.js:2\)$/,
    ],
    [
      "an app without functions",
      { "index.js": "" },
      /^The app in .* registers no function/,
    ],
    [
      "a function registered twice",
      {
        "index.js":
          'const { app } = require("@azure/functions"); for (const route of ["a", "b"]) app.http("twice", { route, handler: () => ({}) });',
      },
      /A function with id "twice" has already been registered\./,
    ],
    [
      "a damaged host.json",
      { "host.json": '{ "version": ' },
      /^\S*host\.json cannot be read: /,
    ],
    [
      "a host.json of another version",
      { "host.json": '{ "version": "3" }' },
      /^\S*host\.json is not valid: version: /,
    ],
    [
      "damaged local settings",
      { "local.settings.json": '{ "Values": { "A": [] } }' },
      /^\S*local\.settings\.json cannot be read: Values\.A: /,
    ],
  ])("because of %s reports it in one line", async (_, files, expected) => {
    const app = files === null ? join(scratch, "missing") : createApp(files);
    const { code, output } = await runFailingHost({
      app,
      data: newData(),
    });
    expect(output).toMatch(expected);
    expect(output).not.toContain("\n");
    expect(code).toBe(1);
  });

  test("because its port is in use reports the port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, output } = await runFailingHost({
      app: createApp({}),
      data: newData(),
      args: ["--port", String(port)],
    });
    expect(output).toMatch(new RegExp(`^Port ${port} is in use: .*--port`));
    expect(code).toBe(1);
    server.close();
  });

  test("because the data folder is a file reports its path", async () => {
    const data = join(scratch, "file");
    writeFileSync(data, "");
    const { code, output } = await runFailingHost({
      app: createApp({}),
      data,
    });
    expect(output).toMatch(
      /^The data folder \S*file cannot be written to .*--data/,
    );
    expect(code).toBe(1);
  });
});

describe("a host", () => {
  test("passes local settings to the app unless the environment overrides them", async () => {
    const app = createApp({
      "local.settings.json": '{ "Values": { "GREETING": "from the file" } }',
    });
    await using host = await startHostCommand({ app, data: newData() });
    expect(host.output()).toContain(
      `  hello: [GET,POST] ${host.url}/api/hello`,
    );
    expect(await (await fetch(`${host.url}/api/hello`)).text()).toBe(
      "from the file",
    );
    const env = { GREETING: "from the environment" };
    await using other = await startHostCommand({ app, data: newData(), env });
    expect(await (await fetch(`${other.url}/api/hello`)).text()).toBe(
      "from the environment",
    );
  });

  test("locks its data folder until it is killed", async () => {
    const data = newData();
    const app = createApp({});
    await using first = await startHostCommand({ app, data });
    const second = await runFailingHost({ app, data });
    expect(second.output).toMatch(
      /^Another host \(process \d+\) uses the data folder/,
    );
    await first.kill();
    await using next = await startHostCommand({ app, data });
    expect((await fetch(next.url)).status).toBe(200);
  });

  test("stops on SIGTERM, runs the appTerminate hooks and exits with 0", async () => {
    const app = resolve("local-cloud/test/fixtures/http-app");
    const env = { ROUTE_PREFIX: "api" };
    const host = await startHostCommand({ app, data: newData(), env });
    expect(await host.stop()).toBe(0);
    expect(host.output()).toContain(
      "appTerminate has run with the data of appStart",
    );
  });

  test("completes a pending request before it stops", async () => {
    const app = createApp({
      "index.js": `require("@azure/functions").app.http("slow", { handler: async (_, context) => {
        context.log("has started");
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { body: "in time" };
      } });`,
    });
    const host = await startHostCommand({ app, data: newData() });
    const response = fetch(`${host.url}/api/slow`);
    await eventually(() => {
      expect(host.output()).toContain("has started");
    });
    const stopped = host.stop();
    expect(await (await response).text()).toBe("in time");
    expect(await stopped).toBe(0);
  });

  test("loads modules of both kinds from one pattern", async () => {
    const register = (name: string) =>
      `app.http("${name}", { handler: () => ({ body: "${name}" }) });`;
    const app = createApp({
      "package.json": '{ "main": "{one.mjs,two.cjs}" }',
      "one.mjs": `import { app } from "@azure/functions"; ${register("one")}`,
      "two.cjs": `const { app } = require("@azure/functions"); ${register("two")}`,
    });
    await using host = await startHostCommand({ app, data: newData() });
    for (const name of ["one", "two"])
      expect(await (await fetch(`${host.url}/api/${name}`)).text()).toBe(name);
  });
});
