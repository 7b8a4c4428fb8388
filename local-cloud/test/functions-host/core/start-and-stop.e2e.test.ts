import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { eventually } from "../../support/shared/eventually";
import {
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { createScratchApps } from "../../support/functions-host/scratch-app";

const scratch = createTemporaryFolder();
const newData = () => mkdtempSync(join(scratch, "data-"));

const appOf = createScratchApps();

/** What the host writes, and its exit code, when it does not start. */
async function failure(args: readonly string[]) {
  const { exited, output } = spawnCommand(["host", "--port", "0", ...args]);
  return { code: await exited, output: output().trimEnd() };
}

describe("a start that fails", () => {
  test.each([
    [
      "an app that is not there",
      null,
      /^There is no package\.json in .*--app\.$/,
    ],
    [
      "no entry point",
      { "package.json": "{}" },
      /^The app in .* has no "main"/,
    ],
    [
      "a pattern that nothing matches",
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
  ])("because of %s says so in one line", async (_, files, expected) => {
    const app = files === null ? join(scratch, "nowhere") : appOf(files);
    const { code, output } = await failure(["--app", app, "--data", newData()]);
    expect(output).toMatch(expected);
    expect(output).not.toContain("\n");
    expect(code).toBe(1);
  });

  test("because the port is in use names it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const args = ["--app", appOf({}), "--data", newData()];
    const { code, output } = await failure([...args, "--port", String(port)]);
    expect(output).toMatch(new RegExp(`^Port ${port} is in use: .*--port`));
    expect(code).toBe(1);
    server.close();
  });

  test("because a file is where the data folder should be names it", async () => {
    const data = join(scratch, "file");
    writeFileSync(data, "");
    const { code, output } = await failure([
      "--app",
      appOf({}),
      "--data",
      data,
    ]);
    expect(output).toMatch(
      /^The data folder \S*file cannot be written to .*--data/,
    );
    expect(code).toBe(1);
  });
});

describe("a host", () => {
  test("gives the app its local settings, but not over the environment", async () => {
    const app = appOf({
      "local.settings.json": '{ "Values": { "GREETING": "from the file" } }',
    });
    await using host = await startHostCommand({ app, data: newData() });
    expect(host.output()).toContain(
      `  hello: [GET,POST] ${host.url}/api/hello`,
    );
    expect(await (await fetch(`${host.url}/api/hello`)).text()).toBe(
      "from the file",
    );
    const env = { GREETING: "from outside" };
    await using other = await startHostCommand({ app, data: newData(), env });
    expect(await (await fetch(`${other.url}/api/hello`)).text()).toBe(
      "from outside",
    );
  });

  test("keeps a second one out of its data folder until it is killed", async () => {
    const data = newData();
    const app = appOf({});
    await using first = await startHostCommand({ app, data });
    const second = await failure(["--app", app, "--data", data]);
    expect(second.output).toMatch(
      /^Another host \(process \d+\) works in the data folder/,
    );
    await first.kill();
    await using next = await startHostCommand({ app, data });
    expect((await fetch(next.url)).status).toBe(200);
  });

  test("stops on SIGTERM, lets the app end and exits with 0", async () => {
    const app = resolve("local-cloud/test/fixtures/http-app");
    const env = { ROUTE_PREFIX: "api" };
    const host = await startHostCommand({ app, data: newData(), env });
    expect(await host.stop()).toBe(0);
    expect(host.output()).toContain("the app has ended");
  });

  test("lets a request that is being answered end before it stops", async () => {
    const app = appOf({
      "index.js": `require("@azure/functions").app.http("slow", { handler: async (_, context) => {
        context.log("has begun");
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { body: "in time" };
      } });`,
    });
    const host = await startHostCommand({ app, data: newData() });
    const answer = fetch(`${host.url}/api/slow`);
    await eventually(() => {
      expect(host.output()).toContain("has begun");
      return Promise.resolve();
    });
    const stopped = host.stop();
    expect(await (await answer).text()).toBe("in time");
    expect(await stopped).toBe(0);
  });

  test("loads modules of both kinds from one pattern", async () => {
    const register = (name: string) =>
      `app.http("${name}", { handler: () => ({ body: "${name}" }) });`;
    const app = appOf({
      "package.json": '{ "main": "{one.mjs,two.cjs}" }',
      "one.mjs": `import { app } from "@azure/functions"; ${register("one")}`,
      "two.cjs": `const { app } = require("@azure/functions"); ${register("two")}`,
    });
    await using host = await startHostCommand({ app, data: newData() });
    for (const name of ["one", "two"])
      expect(await (await fetch(`${host.url}/api/${name}`)).text()).toBe(name);
  });
});
