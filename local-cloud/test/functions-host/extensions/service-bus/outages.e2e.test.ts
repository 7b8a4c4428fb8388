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
  startHostCommand,
  createTemporaryFolder,
} from "../../../support/cli/cloud-process";
import { runFailingHost } from "../../../support/functions-host/failing-host";
import { createScratchApps } from "../../../support/functions-host/scratch-app";
import {
  serviceBusApp,
  serviceBusAppSettings,
} from "../../../support/functions-host/service-bus-fixture";
import { serviceBusAppEntities } from "../../../support/functions-host/service-bus-entities";
import { OutputQueue } from "../../../support/functions-host/output-queue";

const scratch = createTemporaryFolder();
const createFolder = () => mkdtempSync(join(scratch, "data-"));
const createApp = createScratchApps();

/** Uses a new client, because one from before an outage may wait a long time on its lost connection. */
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

/** Waits for a matching output message. Others may precede it, because an outage leads to repeated deliveries. */
const waitForOutput = (broker: BrokerProcess, expected: object) =>
  withClient(broker, async (client) => {
    const output = new OutputQueue(client);
    for (;;) {
      const [found] = await output.take(1);
      try {
        expect(found).toMatchObject(expected);
        return found;
      } catch {
        continue; // `take` throws when no more messages arrive
      }
    }
  });

test("a message whose host is killed while its function runs is delivered again", async () => {
  const options = {
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder: createFolder(),
  };
  await using broker = await startBrokerProcess(options);
  const env = serviceBusAppSettings(broker.connectionString);
  {
    await using host = await startHostCommand({
      app: serviceBusApp,
      data: createFolder(),
      env,
    });
    await send(broker, "slow", { id: 1, ms: 60_000 });
    await eventually(() => {
      expect(host.output()).toContain("slow 1 has started");
    });
    await host.kill();
  }
  const appForRedelivery = createApp({
    "index.js": `const { app, output } = require("@azure/functions");
      const connection = "Bus";
      app.serviceBusQueue("slow", {
        queueName: "slow", connection,
        return: output.serviceBusQueue({ queueName: "seen", connection }),
        handler: ({ id }, { triggerMetadata: { deliveryCount } }) => ({ id, deliveryCount }),
      });`,
  });
  await using next = await startHostCommand({
    app: appForRedelivery,
    data: createFolder(),
    env,
  });
  await waitForOutput(broker, { id: 1, deliveryCount: 2 });
  expect(next.output()).not.toContain("warning");
});

test("a host that stops waits for the running function and settles its message", async () => {
  const options = {
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder: createFolder(),
  };
  await using broker = await startBrokerProcess(options);
  const env = serviceBusAppSettings(broker.connectionString);
  await using host = await startHostCommand({
    app: serviceBusApp,
    data: createFolder(),
    env,
  });
  await send(broker, "slow", { id: 1, ms: 800 });
  await eventually(() => {
    expect(host.output()).toContain("slow 1 has started");
  });
  expect(await host.stop()).toBe(0);
  await waitForOutput(broker, { id: 1, deliveryCount: 1 });
  const left = await withClient(broker, (client) =>
    client.createReceiver("slow").peekMessages(1),
  );
  expect(left).toEqual([]);
});

test("a host reconnects to a broker that starts later or is killed and restarted", async () => {
  const dataFolder = createFolder();
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
    data: createFolder(),
    env,
  });
  await eventually(() => {
    expect(host.output()).toMatch(/Messages of ordered cannot be received/);
  });
  for (const round of [1, 2]) {
    broker = await startBrokerProcess({
      entities: serviceBusAppEntities,
      port,
      dataFolder,
    });
    await send(broker, "requests", `hello ${round}`);
    await waitForOutput(broker, { body: `hello ${round}` });
    await send(broker, "ordered", { number: round });
    await waitForOutput(broker, { number: round });
    await send(broker, "batches", { round });
    await waitForOutput(broker, { bodies: [{ round }] });
    // A message in processing when the broker is killed is delivered again.
    await send(broker, "slow", { id: round, ms: 1000 });
    await eventually(() => {
      expect(host.output()).toContain(`slow ${round} has started`);
    });
    await broker.kill();
    broker = await startBrokerProcess({
      entities: serviceBusAppEntities,
      port,
      dataFolder,
    });
    await waitForOutput(broker, { id: round });
    await broker.kill();
  }
  expect(await host.stop()).toBe(0);
});

test("a broker that is killed repeatedly under load loses no message", async () => {
  const dataFolder = createFolder();
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
    data: createFolder(),
    env,
  });
  for (const uptimeMs of [500, 900]) {
    await wait(uptimeMs);
    await broker.kill();
    broker = await startBrokerProcess({
      entities: serviceBusAppEntities,
      port,
      dataFolder,
    });
  }
  const [plain, ordered] = [new Set<unknown>(), new Set<unknown>()];
  await withClient(broker, async (client) => {
    const output = new OutputQueue(client);
    while (plain.size + ordered.size < 2 * ids.length)
      for (const { id, number } of await output.takeAvailable(40_000))
        if (id === undefined) ordered.add(number);
        else plain.add(id);
  });
  await host.stop();
  await broker.kill();
}, 150_000);

test("an app with invalid Service Bus bindings fails to start with all problems", async () => {
  const folder = createApp({
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
      app.serviceBusQueue("one", { queueName: "%MISSING%", connection: "Nowhere", handler });
      app.serviceBusTopic("two", { topicName: "news", connection: "Bad", handler });
      app.serviceBusQueue("three", { queueName: "q", connection: "Identity", sdkBinding: true, handler });
      app.http("four", { handler, return: undefined, extraOutputs: [output.serviceBusQueue({ queueName: "q" })] });`,
  });
  const { code, output } = await runFailingHost({
    app: folder,
    data: createFolder(),
    env: {
      Bad: "Endpoint=nonsense;SharedAccessKey=secret",
      Identity__fullyQualifiedNamespace: "x.servicebus.windows.net",
    },
  });
  expect(code).toBe(1);
  expect(output).not.toContain("secret");
  expect(output).not.toContain("\n    at ");
  for (const problem of [
    "extensions.serviceBus.autoCompleteMessages: Invalid input: expected boolean",
    "extensions.serviceBus.maxConcurrentCalls: ",
    "extensions.serviceBus.maxAutoLockRenewalDuration: must be a time span",
    "extensions.serviceBus.clientRetryOptions.mode: must be fixed or exponential",
    "function one: queueName: the setting MISSING is not set",
    "function one: connection: the setting Nowhere is not set",
    "function two: subscriptionName: is required",
    "function two: connection: the setting Bad is not the connection string of a Service Bus namespace",
    "function three: sdkBinding: is not supported by the embedded host",
    "function four: connection: the setting ServiceBus is not set",
  ])
    expect(output).toContain(problem);
  expect(output).not.toContain("function three: connection");
});
