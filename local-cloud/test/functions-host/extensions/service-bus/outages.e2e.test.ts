import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ServiceBusClient } from "@azure/service-bus";
import {
  type BrokerProcess,
  startBrokerProcess,
} from "../../../support/service-bus/broker-process";
import { eventually } from "../../../support/shared/eventually";
import {
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../../../support/cli/cloud-process";
import { createScratchApps } from "../../../support/functions-host/scratch-app";
import {
  serviceBusApp,
  serviceBusAppSettings,
} from "../../../support/functions-host/service-bus-fixture";
import { serviceBusAppEntities } from "../../../support/functions-host/service-bus-entities";
import { OutputQueue } from "../../../support/functions-host/output-queue";

const scratch = createTemporaryFolder();
const newFolder = () => mkdtempSync(join(scratch, "data-"));
const appOf = createScratchApps();

/** Does something with a client of its own: one that has lived through an outage may wait long for what is lost. */
async function withClient<Result>(
  { connectionString }: BrokerProcess,
  work: (client: ServiceBusClient) => Promise<Result>,
): Promise<Result> {
  const client = new ServiceBusClient(connectionString);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

const send = (
  broker: BrokerProcess,
  queue: string,
  ...bodies: readonly unknown[]
) =>
  withClient(broker, (client) =>
    client
      .createSender(queue)
      .sendMessages(bodies.map((body) => ({ body, sessionId: "one" }))),
  );

/** Waits for a message in `seen` like `wanted`. Others may come before it: what an outage has cut off happens again. */
const arrives = (broker: BrokerProcess, wanted: object) =>
  withClient(broker, async (client) => {
    const seen = new OutputQueue(client);
    for (;;) {
      const [found] = await seen.take(1);
      try {
        expect(found).toMatchObject(wanted);
        return found;
      } catch {
        continue; // `take` fails when nothing comes any more
      }
    }
  });

test("a message whose host is killed while its function runs is delivered again", async () => {
  const options = {
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder: newFolder(),
  };
  await using broker = await startBrokerProcess(options);
  const env = serviceBusAppSettings(broker.connectionString);
  {
    await using host = await startHostCommand({
      app: serviceBusApp,
      data: newFolder(),
      env,
    });
    await send(broker, "slow", { id: 1, ms: 60_000 });
    await eventually(() => {
      expect(host.output()).toContain("slow 1 has begun");
      return Promise.resolve();
    });
    await host.kill();
  }
  const app2 = appOf({
    "index.js": `const { app, output } = require("@azure/functions");
      const connection = "Bus";
      app.serviceBusQueue("slow", {
        queueName: "slow", connection,
        return: output.serviceBusQueue({ queueName: "seen", connection }),
        handler: ({ id }, { triggerMetadata: { deliveryCount } }) => ({ id, deliveryCount }),
      });`,
  });
  await using next = await startHostCommand({
    app: app2,
    data: newFolder(),
    env,
  });
  await arrives(broker, { id: 1, deliveryCount: 2 });
  expect(next.output()).not.toContain("warning");
});

test("a host that is stopped lets the function end that runs, and settles its message", async () => {
  const options = {
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder: newFolder(),
  };
  await using broker = await startBrokerProcess(options);
  const env = serviceBusAppSettings(broker.connectionString);
  await using host = await startHostCommand({
    app: serviceBusApp,
    data: newFolder(),
    env,
  });
  await send(broker, "slow", { id: 1, ms: 800 });
  await eventually(() => {
    expect(host.output()).toContain("slow 1 has begun");
    return Promise.resolve();
  });
  expect(await host.stop()).toBe(0);
  await arrives(broker, { id: 1, deliveryCount: 1 });
  const left = await withClient(broker, (client) =>
    client.createReceiver("slow").peekMessages(1),
  );
  expect(left).toEqual([]);
});

test("a broker that is not there yet, and one that is killed and comes back, is connected to again", async () => {
  const dataFolder = newFolder();
  let broker = await startBrokerProcess({
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder,
  });
  const { port } = broker;
  await broker.kill();
  const env = serviceBusAppSettings(broker.connectionString);
  await using host = await startHostCommand({
    app: serviceBusApp,
    data: newFolder(),
    env,
  });
  await eventually(() => {
    expect(host.output()).toMatch(/ordered cannot be received from/);
    return Promise.resolve();
  });
  for (const round of [1, 2]) {
    broker = await startBrokerProcess({
      entities: serviceBusAppEntities,
      port,
      dataFolder,
    });
    await send(broker, "requests", `hello ${round}`);
    await arrives(broker, { body: `hello ${round}` });
    await send(broker, "ordered", { number: round });
    await arrives(broker, { number: round });
    await send(broker, "batches", { round });
    await arrives(broker, { bodies: [{ round }] });
    // What is under way when the broker dies comes back with it.
    await send(broker, "slow", { id: round, ms: 1000 });
    await eventually(() => {
      expect(host.output()).toContain(`slow ${round} has begun`);
      return Promise.resolve();
    });
    await broker.kill();
    broker = await startBrokerProcess({
      entities: serviceBusAppEntities,
      port,
      dataFolder,
    });
    await arrives(broker, { id: round });
    await broker.kill();
  }
  expect(await host.stop()).toBe(0);
});

test("a broker that is killed again and again under load loses nothing", async () => {
  const dataFolder = newFolder();
  let broker = await startBrokerProcess({
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder,
  });
  const { port } = broker;
  const ids = Array.from({ length: 400 }, (_, id) => id);
  await withClient(broker, async (client) => {
    const plain = ids.map((id) => ({ body: { id, ms: 0 } }));
    await client.createSender("slow").sendMessages(plain);
    const ordered = ids.map((number) => ({
      ...{ body: { number }, sessionId: String(number % 10) },
    }));
    await client.createSender("ordered").sendMessages(ordered);
  });
  const env = serviceBusAppSettings(broker.connectionString);
  await using host = await startHostCommand({
    app: serviceBusApp,
    data: newFolder(),
    env,
  });
  for (const upMs of [500, 900]) {
    await wait(upMs);
    await broker.kill();
    broker = await startBrokerProcess({
      entities: serviceBusAppEntities,
      port,
      dataFolder,
    });
  }
  const [plain, ordered] = [new Set<unknown>(), new Set<unknown>()];
  await withClient(broker, async (client) => {
    const seen = new OutputQueue(client);
    while (plain.size + ordered.size < 2 * ids.length)
      for (const { id, number } of await seen.some(40_000))
        if (id === undefined) ordered.add(number);
        else plain.add(id);
  });
  await host.stop();
  await broker.kill();
}, 150_000);

test("an app whose Service Bus bindings cannot be served says at its start all that is wrong", async () => {
  const folder = appOf({
    "host.json": JSON.stringify({
      version: "2.0",
      extensions: {
        serviceBus: {
          autoCompleteMessages: "yes",
          maxConcurrentCalls: 0,
          maxAutoLockRenewalDuration: "5 minutes",
          minMessageBatchSize: 9,
          maxMessageBatchSize: 5,
          clientRetryOptions: { mode: "sometimes" },
        },
      },
    }),
    "index.js": `const { app, output } = require("@azure/functions");
      const handler = () => {};
      app.serviceBusQueue("one", { queueName: "%WHICH%", connection: "Nowhere", handler });
      app.serviceBusTopic("two", { topicName: "news", connection: "Bad", handler });
      app.serviceBusQueue("three", { queueName: "q", connection: "Identity", sdkBinding: true, handler });
      app.http("four", { handler, return: undefined, extraOutputs: [output.serviceBusQueue({ queueName: "q" })] });`,
  });
  const args = ["host", "--app", folder, "--data", newFolder(), "--port", "0"];
  const { exited, output } = spawnCommand(args, {
    Bad: "Endpoint=nonsense;SharedAccessKey=secret",
    Identity__fullyQualifiedNamespace: "x.servicebus.windows.net",
  });
  expect(await exited).toBe(1);
  const text = output();
  expect(text).not.toContain("secret");
  expect(text).not.toContain("\n    at ");
  for (const problem of [
    "extensions.serviceBus.autoCompleteMessages: Invalid input: expected boolean",
    "extensions.serviceBus.maxConcurrentCalls: ",
    "extensions.serviceBus.maxAutoLockRenewalDuration: must be a time span",
    "extensions.serviceBus.clientRetryOptions.mode: must be fixed or exponential",
    "function one: queueName: the setting WHICH is not set",
    "function one: connection: the setting Nowhere is not set",
    "function two: subscriptionName: must be given",
    "function two: connection: the setting Bad is not the connection string of a Service Bus namespace",
    "function three: sdkBinding: is not served by the embedded host",
    "function four: connection: the setting ServiceBus is not set",
  ])
    expect(text).toContain(problem);
  expect(text).not.toContain("function three: connection");
});
