/** `aos dev` with an app in another folder, as a user of the package runs it. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join, resolve } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { launchProcess } from "../../local-cloud/shared/process/launch-process";
import { waitUntilListening } from "../../local-cloud/test/support/cli/cloud-process";
import { createTemporaryFolder } from "../../local-cloud/test/support/shared/temporary-folder";
import { createApiClient } from "../support/http/api-client";
import {
  readServiceBusConnectionString,
  spawnAosCommand,
} from "../support/cli/aos-process";

const scratch = createTemporaryFolder();
const hostJson = '{ "version": "2.0" }';
const validApp = `
createAos({
  agents: [{ name: "poet", instructions: "You write one line." }],
  tools: [],
  workflows: [{
    name: "rhyme",
    version: "1",
    steps: [{ id: "line", kind: "agent", agent: "poet", prompt: "Spring" }],
  }],
}).register();`;

/** Writes an app that uses the compiled package; a file with the content null is left out. */
function createApp(
  code: string,
  files: Readonly<Record<string, string | null>> = {},
): string {
  const app = mkdtempSync(join(scratch, "app-"));
  const index = JSON.stringify(resolve("dist/src/index.js"));
  const all: Readonly<Record<string, string | null>> = {
    "package.json": '{ "name": "app", "main": "app.js" }',
    "host.json": hostJson,
    "app.js": `const { createAos } = require(${index});\n${code}`,
    ...files,
  };
  for (const [name, content] of Object.entries(all))
    if (content !== null) writeFileSync(join(app, name), content);
  return app;
}

const dev = (app: string, ...args: readonly string[]) =>
  spawnAosCommand([
    ...["dev", "--app", app, "--port", "0", "--service-bus-port", "0"],
    ...args,
  ]);

/** Resolves with the output of a start that must fail. */
async function failToStart(
  app: string,
  ...args: readonly string[]
): Promise<string> {
  const command = dev(app, ...args);
  expect(await command.exited).toBe(1);
  return command.output();
}

describe("aos dev", () => {
  test("builds the app, runs it and keeps its data in .aos", async () => {
    const app = createApp("", {
      "app.js": null,
      "package.json": JSON.stringify({
        name: "app",
        main: "built/app.js",
        scripts: { build: "node build.js" },
      }),
      "build.js": `require("node:fs").mkdirSync("built", { recursive: true });
require("node:fs").writeFileSync("built/app.js", ${JSON.stringify(
        `const { createAos } = require(${JSON.stringify(resolve("dist/src/index.js"))});${validApp}`,
      )});`,
    });
    await using aos = await waitUntilListening(dev(app));
    const api = createApiClient(aos.url);
    const { body } = await api.start({ workflow: "rhyme" });
    expect((await api.status(body.id, "30s")).body.status).toBe("completed");
    expect(aos.output()).toContain("Data   .aos\n");
    expect(aos.output()).toContain('"workflow":"<workflow>"');
  });

  test("ends with 1 when the build script fails, with the output of the script", async () => {
    const app = createApp(validApp, {
      "package.json": JSON.stringify({
        name: "app",
        main: "app.js",
        scripts: {
          build: "node -e \"console.log('line 3 is wrong');process.exit(2)\"",
        },
      }),
    });
    const output = await failToStart(app);
    expect(output).toContain("line 3 is wrong");
    expect(output).toContain(`The build script of ${app} failed:`);
    await using aos = await waitUntilListening(dev(app, "--no-build"));
    expect(aos.url).toContain("http://localhost:");
  });

  test("ends with 1 and one error that lists every problem of the app with its path", async () => {
    const app = createApp(`
createAos({
  agents: [
    { name: "poet", instructions: "Write." },
    { name: "poet", instructions: "Write.", tools: ["rhymes"] },
  ],
  tools: [],
  workflows: [{
    name: "rhyme",
    version: "1",
    steps: [{ id: "line", kind: "agent", agent: "bard", prompt: "Spring" }],
  }],
}).register();`);
    expect(await failToStart(app)).toMatch(
      /The app has 3 problems\..*\n {2}\/agents\/1\/name: "poet" is already the name of \/agents\/0\n {2}\/agents\/1\/tools\/0: there is no tool "rhymes" for the agent "poet"; available: none\n {2}\/workflows\/0\/steps\/0\/agent: there is no agent "bard"; available: poet \(workflow "rhyme"\)\n$/,
    );
  });

  test("ends with 1 and one sentence in a folder without host.json", async () => {
    const app = createApp(validApp, { "host.json": null });
    expect(await failToStart(app)).toBe(
      `There is no host.json in ${app}: create one, at least { "version": "2.0" }, or pass the folder of a Functions app with --app.\n`,
    );
  });

  test("ends with 1 and one sentence in a folder without package.json", async () => {
    const app = join(scratch, "empty");
    mkdirSync(app);
    expect(await failToStart(app)).toMatch(
      /^There is no package\.json in .*empty: .*--app\.\n$/,
    );
  });

  test("ends with 1 and one sentence when the port is in use", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const port = String((blocker.address() as AddressInfo).port);
    const app = createApp(validApp);
    expect(await failToStart(app, "--port", port)).toBe(
      `Port ${port} is in use: stop the program that listens on it, or choose another with --port (0 picks a free one).\n`,
    );
    expect(await failToStart(app, "--service-bus-port", port)).toMatch(
      new RegExp(`^Port ${port} is in use[^\\n]*\\n$`),
    );
    blocker.close();
  });

  test("ends with 1 and one sentence on Node.js 18", async () => {
    const oldNode = join(scratch, "old-node.cjs");
    writeFileSync(
      oldNode,
      'Object.defineProperty(process.versions, "node", { value: "18.20.8" });',
    );
    const command = launchProcess(resolve("dist/src/cli/main.js"), ["dev"], {
      nodeArguments: ["--require", oldNode],
    });
    expect(await command.exited).toBe(1);
    expect(command.output()).toBe(
      "aos needs Node.js 20.19 or later, and this is 18.20.8: install a newer version from https://nodejs.org.\n",
    );
  });

  test("uses the queues of the app's own service-bus.json", async () => {
    const app = createApp(validApp, {
      "service-bus.json": JSON.stringify({
        UserConfig: {
          Namespaces: [{ Name: "app", Queues: [{ Name: "own" }] }],
        },
      }),
    });
    await using aos = await waitUntilListening(dev(app));
    const client = new ServiceBusClient(readServiceBusConnectionString(aos));
    await client.createSender("own").sendMessages({ body: 1 });
    await client.close();
  });
});
