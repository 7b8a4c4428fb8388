import {
  type ServiceBusReceivedMessage,
  ServiceBusClient,
} from "@azure/service-bus";
import { finishOrchestration } from "../../activities/finish-orchestration";
import { releaseSession } from "../../activities/release-session";
import { recordHistory } from "../../activities/record-history";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import type { Messaging } from "../../src/messaging/ports";
import { openServiceBus } from "../../src/messaging/service-bus/service-bus-messaging";
import type { FinishInput } from "../../src/domain/contracts";
import { createEvent } from "../../src/domain/history/create-event";
import type { Json } from "../../src/domain/payload";
import { noUsage } from "../../src/domain/usage";
import { newClaim } from "../contracts/storage.contract";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import {
  type TestBroker,
  startTestBroker,
} from "../support/messaging/test-broker";
import { createEventLog } from "../support/telemetry/event-log";
import {
  activityTime,
  createTurnRef,
  createScope,
} from "../support/activities/activity-context";

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

const services = { storage: () => storage, messaging: () => messaging };
const { log, events: logged } = createEventLog();
const finish = (input: FinishInput) =>
  finishOrchestration(services)(input, log);
const about = { workflow: "w", version: "1", tags: { team: "red" } };

async function claimed(): Promise<string> {
  const { orchestrationId } = createTurnRef();
  await storage.orchestrations.claim(newClaim(orchestrationId));
  return orchestrationId;
}

const endOf = (
  orchestrationId: string,
  output: Json,
  more: Partial<FinishInput> = {},
): FinishInput => ({
  orchestrationId,
  at: activityTime,
  rows: [],
  usage: noUsage,
  startedAt: activityTime,
  about,
  reply: { queue: "agent-responses", correlationId: "c" },
  result: {
    status: "completed",
    outputTemplate: "${input}",
    scope: createScope(orchestrationId, { value: output }),
  },
  ...more,
});

/** What is in a queue or subscription, which is then empty. */
async function drained(
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

describe("the end of an orchestration", () => {
  test("is told once, however often the activity runs", async () => {
    const id = await claimed();
    for (let time = 0; time < 3; time++) await finish(endOf(id, { n: 1 }));
    const responses = await drained("agent-responses");
    expect(responses).toHaveLength(1);
    expect(responses[0]).toMatchObject({
      messageId: `${id}:response`,
      correlationId: "c",
      body: { id, workflow: "w", status: "completed", output: { n: 1 } },
    });
    const events = await drained("agent-events", "all");
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      messageId: `${id}:orchestration.completed`,
      applicationProperties: { status: "completed", "tag.team": "red" },
    });
  });

  test("is told only after it is written", async () => {
    const id = await claimed();
    const asSent: (string | undefined)[] = [];
    const watching: Messaging = {
      ...messaging,
      send: async (message) => {
        asSent.push((await storage.orchestrations.find(id))?.summary.status);
        await messaging.send(message);
      },
    };
    await finishOrchestration({ ...services, messaging: () => watching })(
      endOf(id, 1),
      log,
    );
    expect(asSent).toEqual(["completed", "completed"]);
    await drained("agent-responses");
  });

  test.each([
    ["of 150 KB in the response", 150_000, true],
    ["of 250 KB beside it", 250_000, false],
  ])("carries an output %s", async (_what, length, isInline) => {
    const id = await claimed();
    const output = "ä".repeat(length / 2);
    await finish(endOf(id, output));
    const [response] = await drained("agent-responses");
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

  test("is not held up by a queue that does not exist: the history tells of it", async () => {
    const id = await claimed();
    const reply = { queue: "nowhere" };
    for (let time = 0; time < 2; time++) await finish(endOf(id, 1, { reply }));
    const rows = await storage.history.read(id);
    const refused = rows.filter(({ type }) => type === "message.refused");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.data).toMatchObject({
      to: "nowhere",
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
      queue: "nowhere",
      code: "queue_not_found",
    });
  });

  test("is told later when the broker is away, and is written all the same", async () => {
    const id = await claimed();
    const away = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const attempt = finishOrchestration({ ...services, messaging: () => away });
    await expect(attempt(endOf(id, 1), log)).rejects.toMatchObject({
      code: "messaging_unavailable",
    });
    await away.close();
    const found = await storage.orchestrations.find(id);
    expect(found?.summary.status).toBe("completed");
    await finish(endOf(id, 1));
    const [response] = await drained("agent-responses");
    expect(response?.messageId).toBe(`${id}:response`);
  });
});

test("a record tells the events that its rows are, once", async () => {
  await drained("agent-events", "all");
  const orchestrationId = await claimed();
  const rows = [
    createEvent({ type: "orchestration.started", at: activityTime }),
    createEvent({ type: "step.started", at: activityTime, stepId: "a" }),
  ];
  const record = recordHistory(services);
  const input = { orchestrationId, rows, status: "running", about } as const;
  await Promise.all([record(input, log), record(input, log)]);
  const events = await drained("agent-events", "all");
  expect(events.map(({ messageId }) => messageId)).toEqual([
    `${orchestrationId}:orchestration.started`,
  ]);
});

test("releaseSession removes the orchestration from its queue before it starts the next one", async () => {
  const queuePosition = {
    session: createTurnRef().orchestrationId,
    position: "1",
  };
  await storage.sessions.enqueue({ id: "o", queuePosition });
  const firsts: unknown[] = [];
  const leave = releaseSession(services, async (session) => {
    firsts.push(await storage.sessions.head(session));
  });
  await leave({ orchestrationId: "o", queuePosition });
  await leave({ orchestrationId: "o", queuePosition });
  expect(firsts).toEqual([undefined, undefined]);
});
