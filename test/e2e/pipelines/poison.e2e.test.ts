import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ServiceBusClient, type ServiceBusMessage } from "@azure/service-bus";
import type { DeadLetterView } from "../../../src/http/views/dead-letter-view";
import { createApiClient } from "../../support/http/api-client";
import { readAosEntities } from "../../support/messaging/test-broker";
import {
  type BrokerProcess,
  startBrokerProcess,
} from "../../../local-cloud/test/support/service-bus/broker-process";
import {
  sendInBatches,
  waitForMessages,
} from "../../support/messaging/queue-contents";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../../local-cloud/test/support/cli/cloud-process";

const isSoak = process.env["SOAK"] === "1";
const counts = isSoak
  ? { good: 750, noJson: 100, invalid: 100, poison: 50 }
  : { good: 60, noJson: 10, invalid: 10, poison: 5 };

const folder = createTemporaryFolder();
/** While this file exists, the task hub throws for every id that begins with `poison-`. */
const outageFile = join(folder, "out-of-order");
let broker: BrokerProcess;
let host: ListeningProcess;
let client: ServiceBusClient;
beforeAll(async () => {
  writeFileSync(outageFile, "");
  const dataFolder = join(folder, "broker");
  mkdirSync(dataFolder);
  broker = await startBrokerProcess({
    entities: readAosEntities(),
    port: 0,
    dataFolder,
  });
  host = await startHostCommand({
    app: resolve("test/fixtures/poisoned-aos"),
    data: join(folder, "host"),
    env: {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
      OUT_OF_ORDER_FILE: outageFile,
    },
  });
  client = new ServiceBusClient(broker.connectionString);
});
afterAll(async () => {
  await client.close();
  await host.stop();
  await broker[Symbol.asyncDispose]();
});

type Kind = keyof typeof counts;
const bodies: Readonly<Record<Kind, (n: number) => unknown>> = {
  good: (n) => ({ definition: echoWorkflow, input: { n } }),
  noJson: (n) => Buffer.from(`{ "workflow": no json ${n}`),
  invalid: (n) => ({ definition: echoWorkflow, inptu: { n }, id: "not an id" }),
  poison: (n) => ({
    definition: echoWorkflow,
    id: `poison-${n}`,
    input: { n },
  }),
};
const kinds = Object.keys(counts) as readonly Kind[];
const messagesOf = (kind: Kind): readonly ServiceBusMessage[] =>
  Array.from({ length: counts[kind] }, (_, n) => ({
    messageId: `${kind}-${n}`,
    body: bodies[kind](n),
  }));
const idsOf = (kind: Kind): readonly string[] =>
  messagesOf(kind).map(({ messageId }) => String(messageId));

async function listDeadLetters(
  queue: string,
): Promise<readonly DeadLetterView[]> {
  const api = createApiClient(host.url);
  const { body } = await api.get<{ readonly items: readonly DeadLetterView[] }>(
    `dead-letters?limit=200&queue=${queue}`,
  );
  return body.items;
}
const deadLetterQueue = "agent-requests/$DeadLetterQueue";

test("valid messages get responses, and each invalid message is dead-lettered with its reason", async () => {
  const all = kinds.flatMap(messagesOf).sort(() => Math.random() - 0.5);
  await sendInBatches(client, "agent-requests", all);

  const responses = await waitForMessages(
    counts.good,
    client,
    "agent-responses",
    240_000,
  );
  const rejectedCount = counts.noJson + counts.invalid;
  await waitForMessages(rejectedCount, client, "agent-requests-deadletter");
  await waitForMessages(counts.poison, client, deadLetterQueue, 120_000);

  expect(responses.map(({ correlationId }) => correlationId).sort()).toEqual(
    [...idsOf("good")].sort(),
  );
  const rejected = await listDeadLetters("agent-requests-deadletter");
  expect(rejected).toHaveLength(rejectedCount);
  const withReason = (reason: string) =>
    rejected.filter((each) => each.reason === reason);
  const sortedIds = (letters: readonly DeadLetterView[]) =>
    letters.map(({ messageId }) => messageId).sort();
  expect(sortedIds(withReason("malformed_json"))).toEqual(
    [...idsOf("noJson")].sort(),
  );
  const invalid = withReason("invalid_request");
  expect(sortedIds(invalid)).toEqual([...idsOf("invalid")].sort());
  for (const { errors } of invalid)
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      "/id",
      "/inptu",
    ]);
  const dead = await listDeadLetters("agent-requests");
  expect(sortedIds(dead)).toEqual([...idsOf("poison")].sort());
  for (const letter of dead)
    expect(letter).toMatchObject({
      queue: deadLetterQueue,
      reason: "MaxDeliveryCountExceeded",
      deliveryCount: 5,
    });
}, 300_000);

// Takes more than 30 s, because it waits for the sweeper.
const inSoak = isSoak ? test : test.skip;
inSoak(
  "after the outage, a replayed dead letter gets exactly one response",
  async () => {
    rmSync(outageFile);
    for (const { sequenceNumber } of await listDeadLetters("agent-requests")) {
      const path = `dead-letters/${sequenceNumber}/replay?queue=agent-requests`;
      const { status } = await fetch(`${host.url}/api/${path}`, {
        method: "POST",
      });
      expect(status).toBe(202);
    }
    expect(await listDeadLetters("agent-requests")).toEqual([]);
    // The sweeper starts those that were claimed less than 30 s ago.
    const responses = await waitForMessages(
      counts.good + counts.poison,
      client,
      "agent-responses",
      120_000,
    );
    expect(responses).toHaveLength(counts.good + counts.poison);
  },
  180_000,
);
