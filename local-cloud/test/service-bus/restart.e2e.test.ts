import { truncateSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient, type ServiceBusReceiver } from "@azure/service-bus";
import { spawnCommand } from "../support/cli/cloud-process";
import { eventually } from "../support/shared/eventually";
import { createTemporaryFolder } from "../support/shared/temporary-folder";
import {
  type BrokerProcess,
  startBrokerProcess,
} from "../support/service-bus/broker-process";
import {
  messageBodies,
  describeLocalBroker,
  receiveBriefly,
  receiveExactly,
  receiveOne,
  testBusEntities,
  testBusEntityFile,
} from "../support/service-bus/bus";

/** A broker process and its client. Both can be restarted with the same data folder. */
class RestartableBroker {
  readonly #dataFolder: string;
  #process: BrokerProcess | undefined;
  #client: ServiceBusClient | undefined;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  async start(): Promise<ServiceBusClient> {
    this.#process = await startBrokerProcess({
      entities: testBusEntities,
      port: 0,
      dataFolder: this.#dataFolder,
    });
    this.#client = new ServiceBusClient(this.#process.connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 2000 },
    });
    return this.#client;
  }

  /** Sends SIGTERM and resolves with the exit code. */
  async stop(): Promise<number | null | undefined> {
    const code = await this.#process?.stop();
    await this.#client?.close();
    return code;
  }

  /** Sends SIGKILL, like a power failure. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    await this.#client?.close();
  }

  async killAndStart(): Promise<ServiceBusClient> {
    await this.kill();
    return this.start();
  }
}

/** Receives five messages, settles four of them in different ways and leaves the fifth locked. Returns the sequence number of the deferred message. */
async function settleInEveryWay(receiver: ServiceBusReceiver) {
  const [completed, abandoned, deferred, dead] = await receiveExactly(
    receiver,
    5,
  );
  if (!completed || !abandoned || !deferred?.sequenceNumber || !dead)
    throw new Error("Fewer messages arrived than were sent.");
  await receiver.completeMessage(completed);
  await receiver.abandonMessage(abandoned, { mark: 1 });
  await receiver.deferMessage(deferred);
  await receiver.deadLetterMessage(dead, {
    deadLetterReason: "why",
    deadLetterErrorDescription: "because",
  });
  return deferred.sequenceNumber;
}

describeLocalBroker("a killed broker", () => {
  const folder = createTemporaryFolder();
  let count = 0;
  let broker: RestartableBroker;
  beforeEach(() => {
    broker = new RestartableBroker(join(folder, String((count += 1))));
  });
  afterEach(() => broker.kill());

  test("restores every message in its state, without locks, after a restart", async () => {
    const before = await broker.start();
    const sender = before.createSender("plain");
    const receiver = before.createReceiver("plain");
    await sender.sendMessages(
      ["completed", "abandoned", "deferred", "dead", "locked", "active"].map(
        (body) => ({ body, messageId: body }),
      ),
    );
    const deferred = await settleInEveryWay(receiver);
    const scheduledTime = new Date(Date.now() + 1500);
    await sender.scheduleMessages({ body: "scheduled" }, scheduledTime);

    const after = await broker.killAndStart();
    const again = after.createReceiver("plain");
    const available = await receiveExactly(again, 3);
    expect(available).toMatchObject([
      {
        body: "abandoned",
        deliveryCount: 1,
        applicationProperties: { mark: 1 },
      },
      { body: "locked", deliveryCount: 0 },
      { body: "active", deliveryCount: 0 },
    ]);
    for (const message of available) await again.completeMessage(message);
    const [redelivered] = await again.receiveDeferredMessages(deferred);
    expect(redelivered?.body).toBe("deferred");
    if (redelivered) await again.completeMessage(redelivered);
    const scheduled = await receiveOne(again);
    expect(scheduled.body).toBe("scheduled");
    expect(Date.now()).toBeGreaterThanOrEqual(scheduledTime.getTime());
    // Sequence numbers are never reused.
    const last = available[2]?.sequenceNumber?.toNumber() ?? 0;
    expect(scheduled.sequenceNumber?.toNumber()).toBeGreaterThan(last);
    await again.completeMessage(scheduled);
    const deadLetters = after.createReceiver("plain", {
      subQueueType: "deadLetter",
    });
    expect(await receiveOne(deadLetters)).toMatchObject({
      body: "dead",
      deadLetterReason: "why",
    });
    expect(messageBodies(await again.peekMessages(10))).toEqual([]);
  });

  test("restores message ids, session states and the rules created by clients after a restart", async () => {
    const before = await broker.start();
    const same = { body: 1, messageId: "same" };
    await before.createSender("duplicates").sendMessages(same);
    const session = await before.acceptSession("sessions", "a");
    await session.setSessionState({ turn: 3 });
    const rules = before.createRuleManager("events", "changing");
    await rules.createRule("mine", { sqlExpression: "n = 1" });
    await rules.deleteRule("$Default");

    const after = await broker.killAndStart();
    await after.createSender("duplicates").sendMessages(same);
    const receiver = after.createReceiver("duplicates");
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await receiveBriefly(receiver)).toEqual([]);
    const again = await after.acceptSession("sessions", "a");
    expect(await again.getSessionState()).toEqual({ turn: 3 });
    const names: string[] = [];
    const kept = after.createRuleManager("events", "changing").listRules();
    for await (const { name } of kept) names.push(name);
    expect(names).toEqual(["mine"]);
  });

  test("loses no accepted message and redelivers no settled message across four crashes", async () => {
    const accepted = new Set<number>();
    const settled = new Set<number>();
    const seen: number[] = [];
    let next = 0;
    // Both loops of a round end with an error after the broker is killed.
    const endings: Promise<unknown>[] = [];
    for (let round = 0; round < 4; round += 1) {
      const client = await broker.start();
      const sender = client.createSender("plain");
      const receiver = client.createReceiver("plain");
      const sending = (async () => {
        for (;;) {
          const body = (next += 1);
          await sender.sendMessages({ body });
          accepted.add(body);
        }
      })();
      const receiving = (async () => {
        for (;;)
          for (const message of await receiveExactly(receiver, 1)) {
            const body = message.body as number;
            expect(settled.has(body)).toBe(false);
            seen.push(body);
            await receiver.completeMessage(message);
            settled.add(body);
          }
      })();
      endings.push(
        sending.catch(() => undefined),
        receiving.catch(() => undefined),
      );
      await eventually(() => {
        expect(settled.size).toBeGreaterThanOrEqual((round + 1) * 40);
      });
      await broker.kill();
    }
    const client = await broker.start();
    const receiver = client.createReceiver("plain");
    for (;;) {
      const messages = await receiver.receiveMessages(1000, {
        maxWaitTimeInMs: 500,
      });
      if (messages.length === 0) break;
      for (const message of messages) seen.push(message.body as number);
    }
    expect(accepted.size).toBeGreaterThanOrEqual(160);
    const all = new Set(seen);
    expect([...accepted].filter((body) => !all.has(body))).toEqual([]);
    await Promise.all(endings);
  });
});

describeLocalBroker("a broker that is stopped with SIGTERM", () => {
  const folder = createTemporaryFolder();

  test("keeps its messages, and with a damaged database exits with 1 and prints the name of the file", async () => {
    const data = join(folder, "stopped");
    const broker = new RestartableBroker(data);
    const client = await broker.start();
    await client
      .createSender("plain")
      .sendMessages(
        Array.from({ length: 50 }, () => ({ body: "x".repeat(1000) })),
      );
    expect(await broker.stop()).toBe(0);
    const again = await broker.start();
    expect(await again.createReceiver("plain").peekMessages(9)).toHaveLength(9);
    await broker.stop();

    truncateSync(join(data, "service-bus.db"), 20_000);
    const { exited, output } = spawnCommand([
      ...["broker", "--config", testBusEntityFile],
      ...["--port", "0", "--data", data],
    ]);
    const code = await exited;
    expect({ code, output: output() }).toEqual({
      code: 1,
      output: expect.stringMatching(
        /service-bus\.db is damaged .*move it/,
      ) as string,
    });
  });
});
