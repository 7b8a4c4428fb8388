import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusSender,
} from "@azure/service-bus";
import {
  type ServiceBusBroker,
  startBroker,
} from "../../../service-bus/broker";
import { eventually } from "../shared/eventually";
import { SkippingClock } from "./skipping-clock";

/** Connection string of an Azure namespace with the entities of the fixture; when it is set, the tests run against that namespace. */
const azureConnectionString = process.env["SERVICEBUS_CONNECTION_STRING"];

/** The entity file of the broker under test. */
export const testBusEntityFile = resolve(
  "local-cloud/test/fixtures/broker/entities.json",
);

export const testBusEntities: unknown = JSON.parse(
  readFileSync(testBusEntityFile, "utf8"),
);

/** For tests that need the broker in this process, or that would disturb a namespace in Azure. */
export const describeLocalBroker =
  azureConnectionString === undefined ? describe : describe.skip;

export interface QueueLinks {
  readonly sender: ServiceBusSender;
  readonly receiver: ServiceBusReceiver;
  readonly deadLetters: ServiceBusReceiver;
}

const nothingOpen = {
  connections: 0,
  links: 0,
  receivers: 0,
  locks: 0,
  waiting: 0,
};

/**
 * Starts a new broker for each test of a file, or uses the Azure namespace and empties its entities after each test.
 * Fails a test that leaves connections, links or locks open in the broker.
 */
export class TestBus {
  #clock = new SkippingClock();
  #broker: ServiceBusBroker | undefined;
  #folder = "";
  #clients: ServiceBusClient[] = [];
  readonly #used = new Set<string>();

  constructor() {
    beforeEach(() => this.#start());
    afterEach(() => this.#stop());
  }

  get connectionString(): string {
    return azureConnectionString ?? this.broker.connectionString;
  }

  /** Only for tests in `describeLocalBroker`. */
  get broker(): ServiceBusBroker {
    if (this.#broker === undefined)
      throw new Error("The tests run against Azure, without a local broker.");
    return this.#broker;
  }

  /** The default client, created on first use. */
  get client(): ServiceBusClient {
    return this.#clients[0] ?? this.newClient();
  }

  newClient(connectionString = this.connectionString): ServiceBusClient {
    const client = new ServiceBusClient(connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
    this.#clients.push(client);
    return client;
  }

  queue(name: string, client = this.client): QueueLinks {
    this.#used.add(name);
    return {
      sender: client.createSender(name),
      receiver: client.createReceiver(name),
      deadLetters: client.createReceiver(name, { subQueueType: "deadLetter" }),
    };
  }

  topic(name: string, ...subscriptions: readonly string[]) {
    const { client } = this;
    return {
      sender: client.createSender(name),
      receivers: subscriptions.map((subscription) => {
        this.#used.add(`${name}/Subscriptions/${subscription}`);
        return client.createReceiver(name, subscription);
      }),
    };
  }

  /** Advances the clock of the local broker; waits with a namespace in Azure. */
  async advanceTime(ms: number): Promise<void> {
    if (this.#broker) this.#clock.skip(ms);
    else await wait(ms);
  }

  async #start(): Promise<void> {
    if (azureConnectionString !== undefined) return;
    this.#clock = new SkippingClock();
    this.#folder = mkdtempSync(join(tmpdir(), "service-bus-"));
    this.#broker = await startBroker({
      entities: testBusEntities,
      port: 0,
      dataFolder: this.#folder,
      clock: this.#clock,
      log: (level, _category, message) => {
        if (level === "error") this.#failures.push(message);
      },
    });
  }

  readonly #failures: string[] = [];

  async #stop(): Promise<void> {
    if (this.#broker === undefined) await this.#empty();
    await Promise.all(this.#clients.map((client) => client.close()));
    this.#clients = [];
    this.#used.clear();
    const broker = this.#broker;
    if (broker === undefined) return;
    this.#clock.skip(10 * 60_000);
    await eventually(() => {
      expect(broker.openCounts()).toEqual(nothingOpen);
    }, 5000);
    await broker.stop();
    rmSync(this.#folder, { recursive: true });
    expect(this.#failures.splice(0)).toEqual([]);
  }

  async #empty(): Promise<void> {
    for (const name of this.#used) {
      const mode = { receiveMode: "receiveAndDelete" } as const;
      const receivers = [
        ...(name === "sessions"
          ? []
          : [this.client.createReceiver(name, mode)]),
        this.client.createReceiver(name, {
          ...mode,
          subQueueType: "deadLetter",
        }),
      ];
      for (const receiver of receivers)
        while ((await receivePage(receiver)).length > 0);
    }
  }
}

const receivePage = (receiver: ServiceBusReceiver) =>
  receiver.receiveMessages(100, { maxWaitTimeInMs: 1000 });

/** Receives `count` messages; throws when no further message arrives within five seconds. */
export async function receiveExactly(
  receiver: ServiceBusReceiver,
  count: number,
): Promise<ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const more = await receiver.receiveMessages(count - messages.length, {
      maxWaitTimeInMs: 5000,
    });
    if (more.length === 0)
      throw new Error(`Only ${messages.length} of ${count} messages arrived.`);
    messages.push(...more);
  }
  return messages;
}

export async function receiveOne(
  receiver: ServiceBusReceiver,
): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiveExactly(receiver, 1);
  if (message === undefined) throw new Error("No message arrived.");
  return message;
}

/** Receives the message that arrives within 250 ms, if any. */
export const receiveBriefly = (
  receiver: ServiceBusReceiver,
): Promise<ServiceBusReceivedMessage[]> =>
  receiver.receiveMessages(1, { maxWaitTimeInMs: 250 });

export const messageBodies = (
  messages: readonly ServiceBusReceivedMessage[],
): unknown[] => messages.map(({ body }) => body as unknown);
