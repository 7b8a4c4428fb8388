import { ServiceBusClient } from "@azure/service-bus";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";
import { createApiClient } from "../../support/http/api-client";
import {
  peekAllMessages,
  waitForMessages,
} from "../../support/messaging/queue-contents";
import { eventually } from "../../../local-cloud/test/support/shared/eventually";
import { createTemporaryFolder } from "../../../local-cloud/test/support/cli/cloud-process";
import { type Pipeline, startPipeline } from "../../support/messaging/pipeline";

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

const folder = createTemporaryFolder();
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline(folder);
});
afterAll(() => pipeline[Symbol.asyncDispose]());

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
  waitForMessages(count, client, "agent-responses", 240_000);

async function killOneAfterTheOther(client: ServiceBusClient): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await answered(client, Math.floor((messages * kill) / (kills + 1)));
    await (kill % 2 === 0 ? pipeline.killHost() : pipeline.killBroker());
  }
}

test(`of ${messages} requests, each sent ${copies} times, with ${kills} kills of host and broker: as many orchestrations, as many answers`, async () => {
  const clients = Array.from(
    { length: copies },
    () => new ServiceBusClient(pipeline.connectionString),
  );
  const [client = new ServiceBusClient(pipeline.connectionString)] = clients;
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
  const { body } = await createApiClient(pipeline.url()).get<{
    readonly queues: readonly { readonly count: number }[];
  }>("dead-letters");
  expect(body.queues.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0]);
  await Promise.all(clients.map((each) => each.close()));
}, 600_000);

const whenEmpty = (client: ServiceBusClient, queue: string) =>
  eventually(async () => {
    const receiver = client.createReceiver(queue);
    try {
      expect(await peekAllMessages(receiver)).toEqual([]);
    } finally {
      await receiver.close();
    }
  }, 120_000);

/** How often each orchestration that there is has begun, by its history. */
async function startsOfAll(): Promise<readonly number[]> {
  const api = createApiClient(pipeline.url());
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
