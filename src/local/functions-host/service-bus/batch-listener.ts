import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { setTimeout as wait } from "node:timers/promises";
import { UnderWay } from "../../scheduling/under-way";
import { ended } from "../grace";
import {
  backOffMs,
  type Listener,
  type ListenerOptions,
  Outage,
  receiverOf,
} from "./listener";
import { gathered } from "./gathered";
import { settle } from "./settlement";

/**
 * Messages without sessions for a function of `cardinality: "many"`: one batch at a time, whose locks are not renewed, and
 * of which all messages are abandoned when the function fails, as on Azure.
 */
export class BatchListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #receiver: ServiceBusReceiver;
  readonly #underWay = new UnderWay();
  readonly #outage: Outage;
  readonly #stopping = new AbortController();

  constructor(options: ListenerOptions) {
    const { client, entity } = options;
    this.#options = options;
    this.#outage = new Outage(options);
    this.#receiver = receiverOf(client, entity);
  }

  start(): void {
    void this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await ended(this.#underWay);
    await ended(this.#underWay, this.#receiver.close());
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted)
      try {
        const { settings } = this.#options;
        const messages = await gathered(this.#receiver, {
          settings,
          waitMs: settings.clientRetryOptions.tryTimeout,
          signal,
        });
        failures = 0;
        if (messages.length > 0)
          await this.#underWay.track(this.#process(messages));
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        failures += 1;
        this.#outage.tell(error);
        await wait(backOffMs(failures, this.#options.settings), undefined, {
          signal,
        }).catch(() => undefined); // it ends early when the host stops
      }
  }

  async #process(
    messages: readonly ServiceBusReceivedMessage[],
  ): Promise<void> {
    const { invokeMany, autoComplete, log } = this.#options;
    this.#outage.over();
    const outcome = await invokeMany(messages);
    const receiver = this.#receiver;
    await settle(messages, outcome, { receiver, autoComplete, log });
  }
}
