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

/** A listener with a lease of one second on a queue of its own. */
function listenerOn(
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

test("a message is not seen by others for as long as its function runs", async () => {
  const counts: number[] = [];
  const { listener, queue } = listenerOn("long", async (count) => {
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

test("a message whose process dies is seen again, and is poison when that has happened too often", async () => {
  const never = new Promise<InvocationOutcome>(() => undefined);
  const counts: number[] = [];
  const { queue } = listenerOn("deadly", () => never);
  await queue.create();
  await queue.sendMessage("bang");
  // A process that takes the message and dies: it neither settles nor renews.
  for (let taken = 0; taken < 2; taken += 1)
    await eventually(async () => {
      const { receivedMessageItems } = await queue.receiveMessages({
        visibilityTimeout: 1,
      });
      expect(receivedMessageItems).toHaveLength(1);
    });
  const { listener, log } = listenerOn(
    "deadly",
    (count) => {
      counts.push(count);
      return Promise.resolve(ok);
    },
    { maxDequeueCount: 2 },
  );
  listener.start();
  const poison = queues.getQueueClient("deadly-poison");
  await eventually(async () => {
    const { peekedMessageItems } = await poison.peekMessages();
    expect(peekedMessageItems).toMatchObject([{ messageText: "bang" }]);
  });
  await listener.stop();
  expect(counts).toEqual([]);
  expect(log.join()).toMatch(/moved to deadly-poison: it was taken too often/);
});

test("a failed message stays hidden for as long as it is set", async () => {
  const times: number[] = [];
  const { listener, queue } = listenerOn(
    "patient",
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
    return Promise.resolve();
  });
  await listener.stop();
  const [first = 0, second = 0] = times;
  expect(second - first).toBeGreaterThan(1000);
});

test("a queue that is not there yet is waited for, and one that cannot be read is told of once", async () => {
  const seen: number[] = [];
  const { listener, queue, log } = listenerOn("later", (count) => {
    seen.push(count);
    return Promise.resolve(ok);
  });
  listener.start();
  await queue.create();
  await queue.sendMessage("here");
  await eventually(() => {
    expect(seen).toEqual([1]);
    return Promise.resolve();
  });
  await listener.stop();
  expect(log).toEqual([]);
  const nowhere = QueueServiceClient.fromConnectionString(
    azurite.connectionString.replace(
      /(QueueEndpoint=http:..127.0.0.1:)\d+/,
      "$11",
    ),
    { retryOptions: { maxTries: 1 } },
  ).getQueueClient("gone");
  const problems: string[] = [];
  const lost = new QueueListener({
    queue: nowhere,
    poisonQueue: nowhere,
    settings: storageQueueSettingsSchema.parse({
      maxPollingInterval: "00:00:00.100",
    }),
    leaseSeconds: 1,
    invoke: () => Promise.resolve(ok),
    log: (_, message) => problems.push(message),
  });
  const asking = jest.spyOn(nowhere, "receiveMessages");
  lost.start();
  await eventually(() => {
    expect(asking.mock.calls.length).toBeGreaterThan(3);
    return Promise.resolve();
  });
  await lost.stop();
  expect(problems).toEqual([
    expect.stringMatching(/^Queue gone cannot be read; .*ECONNREFUSED/),
  ] as string[]);
});
