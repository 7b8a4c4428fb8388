import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { setTimeout as wait } from "node:timers/promises";
import { UnderWay } from "../../scheduling/under-way";
import { ended } from "../grace";
import { gathered } from "./gathered";
import { inTime } from "./in-time";
import {
  backOffMs,
  type Listener,
  type ListenerOptions,
  Outage,
  patienceMs,
  receiverOf,
} from "./listener";
import { openLink, settle } from "./settlement";
import { tryMs } from "./settings";

interface Receiving {
  readonly client: ServiceBusClient;
  readonly receiver: ServiceBusReceiver;
}

/**
 * Messages without sessions for a function of `cardinality: "many"`: one batch at a time, whose locks are not renewed, and
 * of which all messages are abandoned when the function fails, as on Azure.
 */
export class BatchListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #underWay = new UnderWay();
  readonly #outage: Outage;
  readonly #stopping = new AbortController();
  #current: Receiving | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#outage = new Outage(options);
  }

  start(): void {
    void this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await ended(this.#underWay);
    await ended(this.#underWay, this.#current?.client.close());
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted)
      try {
        this.#current ??= this.#connected();
        const { receiver } = this.#current;
        const messages = await this.#next(receiver);
        failures = 0;
        if (messages.length > 0)
          await this.#underWay.track(this.#process(messages, receiver));
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        failures += 1;
        this.#outage.tell(error);
        // The next try is another client's: this one may wait long for answers that will not come.
        this.#current?.client.close().catch(() => undefined);
        this.#current = undefined;
        await wait(backOffMs(failures, this.#options.settings), undefined, {
          signal,
        }).catch(() => undefined); // it ends early when the host stops
      }
  }

  #connected(): Receiving {
    const client = this.#options.connect();
    return { client, receiver: receiverOf(client, this.#options.entity) };
  }

  async #next(
    receiver: ServiceBusReceiver,
  ): Promise<readonly ServiceBusReceivedMessage[]> {
    const { settings } = this.#options;
    const waitMs = tryMs(settings);
    const { signal } = this.#stopping;
    const gathering = gathered(receiver, { settings, waitMs, signal });
    const limitMs = waitMs + settings.maxBatchWaitTime + patienceMs;
    return (await inTime(gathering, limitMs)) ?? [];
  }

  async #process(
    messages: readonly ServiceBusReceivedMessage[],
    receiver: ServiceBusReceiver,
  ): Promise<void> {
    const { invokeMany, autoComplete, log } = this.#options;
    this.#outage.over();
    const outcome = await invokeMany(messages);
    // The client does not tell of a link that is lost between two batches.
    const link = openLink().signal;
    await settle(messages, outcome, { receiver, autoComplete, link, log });
  }
}
