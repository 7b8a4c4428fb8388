import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { truncateSync } from "node:fs";
import { join, resolve } from "node:path";
import { ServiceBusClient, type ServiceBusReceiver } from "@azure/service-bus";
import { eventually } from "../support/shared/eventually";
import { createTemporaryFolder } from "../support/cli/cloud-process";
import {
  messageBodies,
  describeLocalBroker,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

const main = resolve("local-cloud/dist/cli/main.js");
const entityFile = join(__dirname, "entities.json");

/** The broker as a process of its own. */
class BrokerProcess {
  readonly #data: string;
  #child: ChildProcess | undefined;
  #client: ServiceBusClient | undefined;

  constructor(data: string) {
    this.#data = data;
  }

  async start(): Promise<ServiceBusClient> {
    const args = ["--config", entityFile, "--port", "0", "--data", this.#data];
    const child = spawn(process.execPath, [main, "broker", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    this.#client = new ServiceBusClient(line.toString("utf8").trim(), {
      retryOptions: { maxRetries: 0, timeoutInMs: 2000 },
    });
    return this.#client;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child?.exitCode !== null) return null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    await this.#client?.close();
    return code;
  }

  /** As a power cut does, and up again. */
  async killAndStart(): Promise<ServiceBusClient> {
    await this.end("SIGKILL");
    return this.start();
  }
}

/** Completes, abandons, defers and dead-letters one message each, locks another; gives the number of the deferred one. */
async function settledInEveryWay(receiver: ServiceBusReceiver) {
  const [completed, abandoned, deferred, dead] = await receiveExactly(
    receiver,
    5,
  );
  if (!completed || !abandoned || !deferred?.sequenceNumber || !dead)
    throw new Error("Fewer messages came than were sent.");
  await receiver.completeMessage(completed);
  await receiver.abandonMessage(abandoned, { mark: 1 });
  await receiver.deferMessage(deferred);
  await receiver.deadLetterMessage(dead, {
    deadLetterReason: "why",
    deadLetterErrorDescription: "because",
  });
  return deferred.sequenceNumber;
}

describeLocalBroker("a broker that is killed", () => {
  const folder = createTemporaryFolder();
  let count = 0;
  let broker: BrokerProcess;
  beforeEach(() => {
    broker = new BrokerProcess(join(folder, String((count += 1))));
  });
  afterEach(() => broker.end("SIGKILL"));

  test("has every message in its state when it is up again, and no locks", async () => {
    const before = await broker.start();
    const sender = before.createSender("plain");
    const receiver = before.createReceiver("plain");
    await sender.sendMessages(
      ["completed", "abandoned", "deferred", "dead", "locked", "active"].map(
        (body) => ({ body, messageId: body }),
      ),
    );
    const deferred = await settledInEveryWay(receiver);
    const soon = new Date(Date.now() + 1500);
    await sender.scheduleMessages({ body: "scheduled" }, soon);

    const after = await broker.killAndStart();
    const again = after.createReceiver("plain");
    const now = await receiveExactly(again, 3);
    expect(now).toMatchObject([
      {
        body: "abandoned",
        deliveryCount: 1,
        applicationProperties: { mark: 1 },
      },
      { body: "locked", deliveryCount: 0 },
      { body: "active", deliveryCount: 0 },
    ]);
    for (const message of now) await again.completeMessage(message);
    const [taken] = await again.receiveDeferredMessages(deferred);
    expect(taken?.body).toBe("deferred");
    if (taken) await again.completeMessage(taken);
    const scheduled = await receiveOne(again);
    expect(scheduled.body).toBe("scheduled");
    expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
    // No number is given twice.
    const last = now[2]?.sequenceNumber?.toNumber() ?? 0;
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

  test("remembers message ids, the state of sessions, and the rules that clients have made", async () => {
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

  test("has lost nothing that it had accepted, and gives nothing again that it had settled", async () => {
    const accepted = new Set<number>();
    const settled = new Set<number>();
    const seen: number[] = [];
    let next = 0;
    // What is under way when the broker dies fails some time later.
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
        return Promise.resolve();
      });
      await broker.end("SIGKILL");
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

describeLocalBroker("a broker that is told to stop", () => {
  const folder = createTemporaryFolder();

  test("keeps what it has, and says at its start when the file is torn", async () => {
    const data = join(folder, "stopped");
    const broker = new BrokerProcess(data);
    const client = await broker.start();
    await client
      .createSender("plain")
      .sendMessages(
        Array.from({ length: 50 }, () => ({ body: "x".repeat(1000) })),
      );
    expect(await broker.end("SIGTERM")).toBe(0);
    const again = await broker.start();
    expect(await again.createReceiver("plain").peekMessages(9)).toHaveLength(9);
    await broker.end("SIGTERM");

    truncateSync(join(data, "service-bus.db"), 20_000);
    const child = spawn(
      process.execPath,
      [main, "broker", "--port", "0", "--data", data],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect({ code, said }).toMatchObject({ code: 1 });
    expect(said).toMatch(/service-bus\.db is damaged .*move it/);
  });
});
