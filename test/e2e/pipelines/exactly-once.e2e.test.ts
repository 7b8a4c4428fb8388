import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import type { OrchestrationView } from "../../../src/triggers/http/orchestration-view";
import { apiAt } from "../../support/api";
import { aosEntities } from "../../support/broker";
import {
  type BrokerProcess,
  startBrokerProcess,
} from "../../support/broker-process";
import { peekAll, whenThereAre } from "../../support/bus";
import { eventually } from "../../support/eventually";
import { type LocalCloud, startLocalCloud } from "../../support/local-cloud";
import { temporaryFolder } from "../../support/local-host";

const { messages, kills } =
  process.env["AOS_SOAK"] === "1"
    ? { messages: 200, kills: 10 }
    : { messages: 40, kills: 2 };
const copies = 5;

const definition = {
  name: "counted",
  version: "1",
  steps: [{ id: "list", kind: "tool", tool: "listDocuments" }],
  output: "${input}",
};

const folder = temporaryFolder();
const data = join(folder, "host");
const dataFolder = join(folder, "broker");
let broker: BrokerProcess;
let host: LocalCloud;

// What a killed host had locked comes again after this time; in the namespace of AOS it is five minutes.
const startBroker = (port: number) =>
  startBrokerProcess({ entities: aosEntities("PT10S"), port, dataFolder });
const startHost = () =>
  startLocalCloud({
    data,
    env: { AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString },
  });
beforeAll(async () => {
  mkdirSync(data);
  mkdirSync(dataFolder);
  broker = await startBroker(0);
  host = await startHost();
});
afterAll(async () => {
  await host.stop();
  await broker[Symbol.asyncDispose]();
});

/** Sends every message once, in an order of its own, and each until the broker has said that it has it. */
async function sendAll(client: ServiceBusClient): Promise<void> {
  const sender = client.createSender("agent-requests");
  const order = Array.from({ length: messages }, (_, n) => n).sort(
    () => Math.random() - 0.5,
  );
  await Promise.all(
    order.map((n) =>
      eventually(
        () =>
          sender.sendMessages({
            body: { definition, input: { n } },
            messageId: `order-${n}`,
          }),
        120_000,
      ),
    ),
  );
}

const answered = (client: ServiceBusClient, count: number) =>
  whenThereAre(count, client, "agent-responses", 240_000);

async function killOneAfterTheOther(client: ServiceBusClient): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await answered(client, Math.floor((messages * kill) / (kills + 1)));
    if (kill % 2 === 0) {
      await host.kill();
      host = await startHost();
    } else {
      const { port } = broker;
      await broker.kill();
      broker = await startBroker(port);
    }
  }
}

test(`of ${messages} requests, each sent ${copies} times, with ${kills} kills of host and broker: as many orchestrations, as many answers`, async () => {
  const clients = Array.from(
    { length: copies },
    () => new ServiceBusClient(broker.connectionString),
  );
  const [client = new ServiceBusClient(broker.connectionString)] = clients;
  await Promise.all([
    ...clients.map((each) => sendAll(each)),
    killOneAfterTheOther(client),
  ]);
  await answered(client, messages);
  await whenEmpty(client, "agent-requests");

  const answers = await answered(client, messages);
  const wanted = Array.from({ length: messages }, (_, n) => `order-${n}`);
  expect(answers.map(({ correlationId }) => correlationId).sort()).toEqual(
    wanted.sort(),
  );
  for (const { body, correlationId } of answers)
    expect(body).toMatchObject({
      status: "completed",
      output: { n: Number(String(correlationId).slice("order-".length)) },
    });
  expect(await startsOfAll()).toEqual(Array<number>(messages).fill(1));
  const { body } = await apiAt(host.url).get<{
    readonly queues: readonly { readonly count: number }[];
  }>("dead-letters");
  expect(body.queues.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0]);
  await Promise.all(clients.map((each) => each.close()));
}, 600_000);

const whenEmpty = (client: ServiceBusClient, queue: string) =>
  eventually(async () => {
    const receiver = client.createReceiver(queue);
    try {
      expect(await peekAll(receiver)).toEqual([]);
    } finally {
      await receiver.close();
    }
  }, 120_000);

/** How often each orchestration that there is has begun, by its history. */
async function startsOfAll(): Promise<readonly number[]> {
  const api = apiAt(host.url);
  const { body: all } = await api.get<{
    readonly items: readonly OrchestrationView[];
    readonly cursor?: string;
  }>("orchestrations?limit=200");
  expect(all.cursor).toBeUndefined();
  const starts: number[] = [];
  for (const { id } of all.items) {
    const { body } = await api.get<{
      readonly items: readonly { readonly type: string }[];
    }>(`orchestrations/${id}/history`);
    const begun = body.items.filter(
      ({ type }) => type === "orchestration.started",
    );
    starts.push(begun.length);
  }
  return starts;
}
