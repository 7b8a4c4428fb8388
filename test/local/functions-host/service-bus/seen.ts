import {
  type ServiceBusClient,
  type ServiceBusReceiver,
} from "@azure/service-bus";

export type Seen = Readonly<Record<string, unknown>>;

/** Takes what functions have put out from the queue `seen`. */
export class SeenQueue {
  readonly #receiver: ServiceBusReceiver;

  constructor(client: ServiceBusClient) {
    this.#receiver = client.createReceiver("seen", {
      receiveMode: "receiveAndDelete",
    });
  }

  /** So many messages, in their order; fails when they have not come within `patienceMs`. */
  async take(count: number, patienceMs = 20_000): Promise<readonly Seen[]> {
    const found: Seen[] = [];
    const deadline = Date.now() + patienceMs;
    while (found.length < count) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0)
        throw new Error(`Only these have come: ${JSON.stringify(found)}`);
      const messages = await this.#receiver.receiveMessages(
        count - found.length,
        { maxWaitTimeInMs: leftMs },
      );
      found.push(...messages.map(({ body }) => body as Seen));
    }
    return found;
  }

  /** What has come until `ms` are over. */
  async within(ms: number): Promise<readonly Seen[]> {
    const messages = await this.#receiver.receiveMessages(100, {
      maxWaitTimeInMs: ms,
    });
    return messages.map(({ body }) => body as Seen);
  }
}
