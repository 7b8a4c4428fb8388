import { mkdirSync } from "node:fs";
import { join } from "node:path";
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

interface Load {
  readonly messages: number;
  readonly kills: number;
  /** Probability that an episode is lost. */
  readonly rate: number;
}
const loads: readonly Load[] =
  process.env["SOAK"] === "1"
    ? [
        { messages: 200, kills: 10, rate: 0 },
        { messages: 100, kills: 6, rate: 0.2 },
      ]
    : [
        { messages: 40, kills: 2, rate: 0 },
        { messages: 15, kills: 2, rate: 0.2 },
      ];
const copies = 5;

const definition = {
  name: "counted",
  version: "1",
  steps: [{ id: "list", kind: "tool", tool: "listDocuments" }],
  output: "${input}",
};

const folder = createTemporaryFolder();
let pipeline: Pipeline;
afterEach(() => pipeline[Symbol.asyncDispose]());

/** Sends every message in random order, and repeats each send until the broker accepts it. */
async function sendAll(
  client: ServiceBusClient,
  messages: number,
): Promise<void> {
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

const waitForResponses = (client: ServiceBusClient, count: number) =>
  waitForMessages(count, client, "agent-responses", 240_000);

async function killAlternately(
  client: ServiceBusClient,
  { messages, kills }: Load,
): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await waitForResponses(client, Math.floor((messages * kill) / (kills + 1)));
    await (kill % 2 === 0 ? pipeline.killHost() : pipeline.killBroker());
  }
}

test.each(loads)(
  `$messages requests, each sent ${copies} times during $kills kills of host and broker, start as many orchestrations and get as many responses, when episodes are lost with probability $rate`,
  async (load) => {
    const { messages, rate } = load;
    const loadFolder = join(folder, String(rate));
    mkdirSync(loadFolder);
    pipeline = await startPipeline(
      loadFolder,
      rate > 0
        ? { AZURE_LOCAL_CLOUD_LOST_EPISODES: JSON.stringify({ seed: 1, rate }) }
        : {},
    );
    const clients = Array.from(
      { length: copies },
      () => new ServiceBusClient(pipeline.connectionString),
    );
    const [client = new ServiceBusClient(pipeline.connectionString)] = clients;
    await Promise.all([
      ...clients.map((each) => sendAll(each, messages)),
      killAlternately(client, load),
    ]);
    await waitForResponses(client, messages);
    await waitUntilEmpty(client, "agent-requests");

    const responses = await waitForResponses(client, messages);
    const expected = Array.from({ length: messages }, (_, n) => `order-${n}`);
    expect(responses.map(({ correlationId }) => correlationId).sort()).toEqual(
      expected.sort(),
    );
    for (const { body, correlationId } of responses)
      expect(body).toMatchObject({
        status: "completed",
        output: { n: Number(String(correlationId).slice("order-".length)) },
      });
    expect(await countStarts()).toEqual(Array<number>(messages).fill(1));
    const { body } = await createApiClient(pipeline.url()).get<{
      readonly queues: readonly { readonly count: number }[];
    }>("dead-letters");
    expect(body.queues.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0]);
    await Promise.all(clients.map((each) => each.close()));
  },
  600_000,
);

const waitUntilEmpty = (client: ServiceBusClient, queue: string) =>
  eventually(async () => {
    const receiver = client.createReceiver(queue);
    try {
      expect(await peekAllMessages(receiver)).toEqual([]);
    } finally {
      await receiver.close();
    }
  }, 120_000);

/** Number of start events in the history of each orchestration. */
async function countStarts(): Promise<readonly number[]> {
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
    const started = body.items.filter(
      ({ type }) => type === "orchestration.started",
    );
    starts.push(started.length);
  }
  return starts;
}
