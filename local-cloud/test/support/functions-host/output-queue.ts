import {
  type ServiceBusClient,
  type ServiceBusReceiver,
} from "@azure/service-bus";

export type OutputBody = Readonly<Record<string, unknown>>;

/** Receives the outputs of functions from the queue `seen`. */
export class OutputQueue {
  readonly #receiver: ServiceBusReceiver;

  constructor(client: ServiceBusClient) {
    this.#receiver = client.createReceiver("seen", {
      receiveMode: "receiveAndDelete",
    });
  }

  /** Returns `count` messages in order; throws when they do not arrive within `limitMs`. */
  async take(count: number, limitMs = 20_000): Promise<readonly OutputBody[]> {
    const found: OutputBody[] = [];
    const deadline = Date.now() + limitMs;
    while (found.length < count) {
      const remainingMs = deadline - Date.now();
      if (remainingMs <= 0)
        throw new Error(
          `Only these messages arrived: ${JSON.stringify(found)}`,
        );
      const messages = await this.#receiver.receiveMessages(
        count - found.length,
        { maxWaitTimeInMs: remainingMs },
      );
      found.push(...messages.map(({ body }) => body as OutputBody));
    }
    return found;
  }

  /** Returns the next available messages; throws when none arrives within `limitMs`. */
  async takeAvailable(limitMs = 20_000): Promise<readonly OutputBody[]> {
    const deadline = Date.now() + limitMs;
    while (Date.now() < deadline) {
      // With receiveAndDelete the client waits for the whole limit unless it receives all requested messages.
      const found = await this.takeWithin(500);
      if (found.length > 0) return found;
    }
    throw new Error(`No message arrived within ${limitMs} ms.`);
  }

  /** Returns the messages that arrive within `ms`. */
  async takeWithin(ms: number): Promise<readonly OutputBody[]> {
    const messages = await this.#receiver.receiveMessages(100, {
      maxWaitTimeInMs: ms,
    });
    return messages.map(({ body }) => body as OutputBody);
  }
}
