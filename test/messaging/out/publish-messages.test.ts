import {
  type ServiceBusReceivedMessage,
  ServiceBusClient,
} from "@azure/service-bus";
import { finishOrchestration } from "../../../src/orchestrations/end/finish-orchestration";
import { recordHistory } from "../../../activities/record-history";
import type { Storage } from "../../../src/storage/ports";
import { openStorage } from "../../../src/storage/open-storage";
import type { Messaging } from "../../../src/messaging/ports";
import { openServiceBus } from "../../../src/messaging/service-bus/service-bus-messaging";
import type { FinishInput } from "../../../src/domain/contracts";
import { createEvent } from "../../../src/domain/history/create-event";
import type { Json } from "../../../src/domain/payload";
import { noUsage } from "../../../src/domain/usage";
import { newClaim } from "../../contracts/storage.contract";
import {
  type Azurite,
  startAzurite,
} from "../../../local-cloud/test/support/storage/azurite";
import {
  type TestBroker,
  startTestBroker,
} from "../../support/messaging/test-broker";
import { createEventLog } from "../../support/telemetry/event-log";
import {
  activityTime,
  createTurnRef,
  createScope,
} from "../../support/activities/activity-context";

let azurite: Azurite;
let broker: TestBroker;
let storage: Storage;
let messaging: Messaging;
let client: ServiceBusClient;
beforeAll(async () => {
  azurite = await startAzurite();
  broker = await startTestBroker();
  storage = openStorage({ connectionString: azurite.connectionString });
  messaging = openServiceBus(broker);
  client = new ServiceBusClient(broker.connectionString);
});
afterAll(async () => {
  await messaging.close();
  await client.close();
  await broker.stop();
  await azurite.stop();
});

const dependencies = { storage: () => storage, messaging: () => messaging };
const { log, events: logged } = createEventLog();
const finish = (input: FinishInput) =>
  finishOrchestration(dependencies)(input, log);
const metadata = { workflow: "w", version: "1", tags: { team: "red" } };

async function claimOrchestration(): Promise<string> {
  const { orchestrationId } = createTurnRef();
  await storage.orchestrations.claim(newClaim(orchestrationId));
  return orchestrationId;
}

const createFinishInput = (
  orchestrationId: string,
  output: Json,
  more: Partial<FinishInput> = {},
): FinishInput => ({
  orchestrationId,
  at: activityTime,
  events: [],
  usage: noUsage,
  startedAt: activityTime,
  metadata,
  reply: { queue: "agent-responses", correlationId: "c" },
  result: {
    status: "completed",
    outputTemplate: "${input}",
    scope: createScope(orchestrationId, { value: output }),
  },
  ...more,
});

/** Receives and removes all messages of a queue or subscription. */
async function drain(
  queue: string,
  subscription?: string,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const options = { receiveMode: "receiveAndDelete" } as const;
  const receiver =
    subscription === undefined
      ? client.createReceiver(queue, options)
      : client.createReceiver(queue, subscription, options);
  const found = await receiver.receiveMessages(100, { maxWaitTimeInMs: 500 });
  await receiver.close();
  return found;
}

describe("finishOrchestration", () => {
  test("sends one response and one lifecycle event when it runs three times", async () => {
    const id = await claimOrchestration();
    for (let attempt = 1; attempt <= 3; attempt++)
      await finish(createFinishInput(id, { n: 1 }));
    const responses = await drain("agent-responses");
    expect(responses).toHaveLength(1);
    expect(responses[0]).toMatchObject({
      messageId: `${id}:response`,
      correlationId: "c",
      body: { id, workflow: "w", status: "completed", output: { n: 1 } },
    });
    const events = await drain("agent-events", "all");
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      messageId: `${id}:orchestration.completed`,
      applicationProperties: { status: "completed", "tag.team": "red" },
    });
  });

  test("sends messages only after the summary is written", async () => {
    const id = await claimOrchestration();
    const statuses: (string | undefined)[] = [];
    const recording: Messaging = {
      ...messaging,
      send: async (message) => {
        statuses.push((await storage.orchestrations.find(id))?.summary.status);
        await messaging.send(message);
      },
    };
    await finishOrchestration({ ...dependencies, messaging: () => recording })(
      createFinishInput(id, 1),
      log,
    );
    expect(statuses).toEqual(["completed", "completed"]);
    await drain("agent-responses");
  });

  test.each([
    ["of 150 KB inline", 150_000, true],
    ["of 250 KB by reference", 250_000, false],
  ])("sends an output %s", async (_case, length, isInline) => {
    const id = await claimOrchestration();
    const output = "ä".repeat(length / 2);
    await finish(createFinishInput(id, output));
    const [response] = await drain("agent-responses");
    const body = response?.body as Record<string, unknown>;
    expect(body["output"]).toBe(isInline ? output : undefined);
    if (isInline) return;
    const ref = body["outputRef"] as {
      $ref: string;
      sha256: string;
      bytes: number;
    };
    expect(ref).toMatchObject({ bytes: length + 2 });
    expect(await storage.payloads.get(ref)).toBe(output);
  });

  test("completes if the reply queue does not exist, and records message.refused once", async () => {
    const id = await claimOrchestration();
    const reply = { queue: "missing" };
    for (let attempt = 1; attempt <= 2; attempt++)
      await finish(createFinishInput(id, 1, { reply }));
    const events = await storage.history.read(id);
    const refused = events.filter(({ type }) => type === "message.refused");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.data).toMatchObject({
      to: "missing",
      messageId: `${id}:response`,
      error: { code: "queue_not_found" },
    });
    const found = await storage.orchestrations.find(id);
    expect(found?.summary.status).toBe("completed");
    expect(logged).toContainEqual({
      level: "warn",
      event: "message.refused",
      orchestrationId: id,
      messageId: `${id}:response`,
      queue: "missing",
      code: "queue_not_found",
    });
  });

  test("throws messaging_unavailable after writing the summary, and sends the response on retry", async () => {
    const id = await claimOrchestration();
    const unreachable = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const finishUnreachable = finishOrchestration({
      ...dependencies,
      messaging: () => unreachable,
    });
    await expect(
      finishUnreachable(createFinishInput(id, 1), log),
    ).rejects.toMatchObject({
      code: "messaging_unavailable",
    });
    await unreachable.close();
    const found = await storage.orchestrations.find(id);
    expect(found?.summary.status).toBe("completed");
    await finish(createFinishInput(id, 1));
    const [response] = await drain("agent-responses");
    expect(response?.messageId).toBe(`${id}:response`);
  });
});

test("recordHistory publishes one orchestration.started event when two attempts run concurrently", async () => {
  await drain("agent-events", "all");
  const orchestrationId = await claimOrchestration();
  const events = [
    createEvent({ type: "orchestration.started", at: activityTime }),
    createEvent({ type: "step.started", at: activityTime, stepId: "a" }),
  ];
  const record = recordHistory(dependencies);
  const input = {
    orchestrationId,
    events,
    status: "running",
    metadata,
  } as const;
  await Promise.all([record(input, log), record(input, log)]);
  const messages = await drain("agent-events", "all");
  expect(messages.map(({ messageId }) => messageId)).toEqual([
    `${orchestrationId}:orchestration.started`,
  ]);
});
