import {
  type ServiceBusClient,
  type ServiceBusReceiver,
} from "@azure/service-bus";

export type OutputBody = Readonly<Record<string, unknown>>;

/** Takes what functions have put out from the queue `seen`. */
export class OutputQueue {
  readonly #receiver: ServiceBusReceiver;

  constructor(client: ServiceBusClient) {
    this.#receiver = client.createReceiver("seen", {
      receiveMode: "receiveAndDelete",
    });
  }

  /** So many messages, in their order; fails when they have not come within `patienceMs`. */
  async take(
    count: number,
    patienceMs = 20_000,
  ): Promise<readonly OutputBody[]> {
    const found: OutputBody[] = [];
    const deadline = Date.now() + patienceMs;
    while (found.length < count) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0)
        throw new Error(`Only these have come: ${JSON.stringify(found)}`);
      const messages = await this.#receiver.receiveMessages(
        count - found.length,
        { maxWaitTimeInMs: leftMs },
      );
      found.push(...messages.map(({ body }) => body as OutputBody));
    }
    return found;
  }

  /** The next ones, as many as there are; fails when none comes within `patienceMs`. */
  async some(patienceMs = 20_000): Promise<readonly OutputBody[]> {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      // In this mode the client waits for as long as it may unless it gets all that it asks for.
      const found = await this.within(500);
      if (found.length > 0) return found;
    }
    throw new Error(`Nothing has come within ${patienceMs} ms.`);
  }

  /** What has come until `ms` are over. */
  async within(ms: number): Promise<readonly OutputBody[]> {
    const messages = await this.#receiver.receiveMessages(100, {
      maxWaitTimeInMs: ms,
    });
    return messages.map(({ body }) => body as OutputBody);
  }
}
