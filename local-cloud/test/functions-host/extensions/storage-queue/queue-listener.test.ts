import { setTimeout as wait } from "node:timers/promises";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { QueueListener } from "../../../../functions-host/extensions/storage-queue/queue-listener";
import { storageQueueSettingsSchema } from "../../../../functions-host/extensions/storage-queue/settings";
import type { InvocationOutcome } from "../../../../functions-host/core/extension";
import { type Azurite, startAzurite } from "../../../support/storage/azurite";
import { eventually } from "../../../support/shared/eventually";

let azurite: Azurite;
let queues: QueueServiceClient;
beforeAll(async () => {
  azurite = await startAzurite();
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(() => azurite.stop());

const ok: InvocationOutcome = { ok: true, returnValue: undefined };

/** Creates a listener with a lease of one second on a new queue. */
function createListener(
  name: string,
  invoke: (count: number) => Promise<InvocationOutcome>,
  settings: object = {},
): { listener: QueueListener; queue: QueueClient; log: string[] } {
  const log: string[] = [];
  const queue = queues.getQueueClient(name);
  const listener = new QueueListener({
    queue,
    poisonQueue: queues.getQueueClient(`${name}-poison`),
    settings: storageQueueSettingsSchema.parse({
      messageEncoding: "none",
      ...settings,
    }),
    leaseSeconds: 1,
    invoke: ({ dequeueCount }) => invoke(dequeueCount),
    log: (_, message) => log.push(message),
  });
  return { listener, queue, log };
}

test("a message stays invisible while its function runs", async () => {
  const counts: number[] = [];
  const { listener, queue } = createListener("long", async (count) => {
    counts.push(count);
    await wait(2500);
    return ok;
  });
  await queue.create();
  await queue.sendMessage("once");
  listener.start();
  await eventually(async () => {
    const { approximateMessagesCount } = await queue.getProperties();
    expect(approximateMessagesCount).toBe(0);
  });
  await listener.stop();
  expect(counts).toEqual([1]);
});

test("a message whose process ends is redelivered, and moved to the poison queue after maxDequeueCount deliveries", async () => {
  const never = new Promise<InvocationOutcome>(() => undefined);
  const counts: number[] = [];
  const { queue } = createListener("crashing", () => never);
  await queue.create();
  await queue.sendMessage("poison");
  // Simulates a process that ends after it has received the message.
  for (let taken = 0; taken < 2; taken += 1)
    await eventually(async () => {
      const { receivedMessageItems } = await queue.receiveMessages({
        visibilityTimeout: 1,
      });
      expect(receivedMessageItems).toHaveLength(1);
    });
  const { listener, log } = createListener(
    "crashing",
    (count) => {
      counts.push(count);
      return Promise.resolve(ok);
    },
    { maxDequeueCount: 2 },
  );
  listener.start();
  const poison = queues.getQueueClient("crashing-poison");
  await eventually(async () => {
    const { peekedMessageItems } = await poison.peekMessages();
    expect(peekedMessageItems).toMatchObject([{ messageText: "poison" }]);
  });
  await listener.stop();
  expect(counts).toEqual([]);
  expect(log.join()).toMatch(
    /moved to crashing-poison: it was delivered too often/,
  );
});

test("a failed message stays invisible for visibilityTimeout", async () => {
  const times: number[] = [];
  const { listener, queue } = createListener(
    "delayed",
    () => {
      times.push(Date.now());
      return Promise.resolve(
        times.length > 1 ? ok : { ok: false, message: "no", stack: "" },
      );
    },
    { visibilityTimeout: "00:00:02", maxPollingInterval: "00:00:00.100" },
  );
  await queue.create();
  await queue.sendMessage("later");
  listener.start();
  await eventually(() => {
    expect(times).toHaveLength(2);
  });
  await listener.stop();
  const [first = 0, second = 0] = times;
  expect(second - first).toBeGreaterThan(1000);
});

test("a missing queue is polled silently, and an unreachable one is logged once", async () => {
  const seen: number[] = [];
  const { listener, queue, log } = createListener("later", (count) => {
    seen.push(count);
    return Promise.resolve(ok);
  });
  listener.start();
  await queue.create();
  await queue.sendMessage("here");
  await eventually(() => {
    expect(seen).toEqual([1]);
  });
  await listener.stop();
  expect(log).toEqual([]);
  const unreachable = QueueServiceClient.fromConnectionString(
    azurite.connectionString.replace(
      /(QueueEndpoint=http:..127.0.0.1:)\d+/,
      "$11",
    ),
    { retryOptions: { maxTries: 1 } },
  ).getQueueClient("gone");
  const problems: string[] = [];
  const failing = new QueueListener({
    queue: unreachable,
    poisonQueue: unreachable,
    settings: storageQueueSettingsSchema.parse({
      maxPollingInterval: "00:00:00.100",
    }),
    leaseSeconds: 1,
    invoke: () => Promise.resolve(ok),
    log: (_, message) => problems.push(message),
  });
  const receive = jest.spyOn(unreachable, "receiveMessages");
  failing.start();
  await eventually(() => {
    expect(receive.mock.calls.length).toBeGreaterThan(3);
  });
  await failing.stop();
  expect(problems).toEqual([
    expect.stringMatching(
      /^Queue gone cannot be read and will be retried: .*ECONNREFUSED/,
    ),
  ] as string[]);
});
