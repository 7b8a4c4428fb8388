import { createServer } from "node:net";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { eventually } from "../support/shared/eventually";
import { startAos } from "../../../test/support/cli/aos-process";
import {
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../support/cli/cloud-process";
import { createScratchApps } from "../support/functions-host/scratch-app";

const folder = createTemporaryFolder();
const newApp = createScratchApps();
const connectionString = /^Endpoint=sb:\/\/localhost:\d+;\S+$/;

async function sendTo(connection: string, queue: string): Promise<void> {
  const client = new ServiceBusClient(connection);
  await client.createSender(queue).sendMessages({ body: 1 });
  await client.close();
}

test("npm run broker prints the connection string alone, and ends when it is told to", async () => {
  const data = join(folder, "alone");
  const broker = spawnCommand(["broker", "--port", "0", "--data", data]);
  const said = await eventually(() => {
    const lines = broker.output().trim().split("\n");
    expect(lines).toEqual([expect.stringMatching(connectionString)]);
    return Promise.resolve(lines[0] ?? "");
  });
  await sendTo(said, "agent-requests");
  expect(await broker.stop()).toBe(0);
});

test("npm run broker says what is wrong with its file, its port and its options", async () => {
  const config = join(folder, "bad.json");
  writeFileSync(config, '{ "UserConfig": { "Namespaces": [] } }');
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  for (const [args, problem] of [
    [["--config", config], /entities are not valid/],
    [["--config", join(folder, "none.json")], /cannot be read from/],
    [["--port", String(port)], /is in use: stop the program/],
    [["--port", "a"], /--port a is not a port/],
  ] as const) {
    const data = join(folder, "wrong");
    const broker = spawnCommand(["broker", "--data", data, ...args]);
    expect(await broker.exited).toBe(1);
    expect(broker.output()).toMatch(problem);
  }
  listener.close();
});

test("npm start has a Service Bus with the entities of AOS, and says where", async () => {
  await using cloud = await startAos();
  const [, found = ""] = /Bus +(\S+)/.exec(cloud.output()) ?? [];
  expect(found).toMatch(connectionString);
  await sendTo(found, "agent-events");
});

test("npm run host starts one for an app that asks for it", async () => {
  const app = newApp({
    "local.settings.json": JSON.stringify({
      Values: { GREETING: "UseDevelopmentEmulator=true" },
    }),
    "service-bus.json": JSON.stringify({
      UserConfig: { Namespaces: [{ Queues: [{ Name: "mine" }] }] },
    }),
  });
  await using host = await startHostCommand({
    app,
    data: join(folder, "host"),
    args: ["--service-bus-port", "0"],
  });
  const answer = await fetch(`${host.url}/api/hello`);
  await sendTo(await answer.text(), "mine");
});
