import { createServer } from "node:net";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import {
  createTemporaryFolder,
  launchLocalCloud,
  spawnCommand,
  startHostCommand,
} from "../support/cli/cloud-process";
import { createScratchApps } from "../support/functions-host/scratch-app";

const folder = createTemporaryFolder();
const createApp = createScratchApps();

/** The contents of service-bus.json with one queue. */
const entityFile = (queue: string): string =>
  JSON.stringify({
    UserConfig: { Namespaces: [{ Queues: [{ Name: queue }] }] },
  });

async function sendMessage(
  connectionString: string,
  queue: string,
): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  await client.createSender(queue).sendMessages({ body: 1 });
  await client.close();
}

describe("azure-local-cloud broker", () => {
  test("serves the entities of service-bus.json, prints only the connection string and exits with 0 on SIGTERM", async () => {
    const cwd = join(folder, "alone");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "service-bus.json"), entityFile("orders"));
    const broker = launchLocalCloud(
      ["broker", "--port", "0", "--data", join(cwd, "data")],
      { cwd },
    );
    const connectionString = await broker.waitForOutput(/^.+(?=\n)/);
    expect(broker.output()).toMatch(/^Endpoint=sb:\/\/localhost:\d+;\S+\n$/);
    await sendMessage(connectionString, "orders");
    expect(await broker.stop()).toBe(0);
  });

  test("exits with 1 and reports an invalid entity file, a missing one, a port in use and an invalid port", async () => {
    const config = join(folder, "invalid.json");
    writeFileSync(config, '{ "UserConfig": { "Namespaces": [] } }');
    const valid = join(folder, "valid.json");
    writeFileSync(valid, entityFile("orders"));
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as { port: number };
    try {
      for (const [args, problem] of [
        [["--config", config], /entities are invalid/],
        [["--config", join(folder, "none.json")], /cannot be read from/],
        [
          ["--config", valid, "--port", String(port)],
          /is in use\. Stop the program/,
        ],
        [["--config", valid, "--port", "a"], /--port a is not a port/],
      ] as const) {
        const data = join(folder, "unused");
        const broker = spawnCommand(["broker", "--data", data, ...args]);
        expect(await broker.exited).toBe(1);
        expect(broker.output()).toMatch(problem);
      }
    } finally {
      listener.close();
    }
  });
});

test("azure-local-cloud host starts a broker for an app with a setting UseDevelopmentEmulator=true", async () => {
  const app = createApp({
    "local.settings.json": JSON.stringify({
      Values: { GREETING: "UseDevelopmentEmulator=true" },
    }),
    "service-bus.json": entityFile("orders"),
  });
  await using host = await startHostCommand({
    app,
    data: join(folder, "host"),
    args: ["--service-bus-port", "0"],
  });
  const response = await fetch(`${host.url}/api/hello`);
  await sendMessage(await response.text(), "orders");
});
