import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { setTimeout as wait } from "node:timers/promises";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { drain } from "../../core/drain";
import { receiveBatch } from "./receive-batch";
import { withTimeout } from "../../../shared/timeout/with-timeout";
import {
  backoffDelayMs,
  type ServiceBusListener,
  type ServiceBusListenerOptions,
  OutageReporter,
  responseMarginMs,
  createMessageReceiver,
} from "./service-bus-listener";
import { createLinkController, settleMessages } from "./settlement";
import { tryTimeoutMs } from "./settings";

interface Receiving {
  readonly client: ServiceBusClient;
  readonly receiver: ServiceBusReceiver;
}

/**
 * Messages without sessions for a function of `cardinality: "many"`: one batch at a time, whose locks are not renewed, and
 * of which all messages are abandoned when the function fails, as on Azure.
 */
export class BatchListener implements ServiceBusListener {
  readonly #options: ServiceBusListenerOptions;
  readonly #underWay = new InFlight();
  readonly #outage: OutageReporter;
  readonly #stopping = new AbortController();
  #current: Receiving | undefined;

  constructor(options: ServiceBusListenerOptions) {
    this.#options = options;
    this.#outage = new OutageReporter(options);
  }

  start(): void {
    void this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await drain(this.#underWay);
    await drain(this.#underWay, this.#current?.client.close());
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
        this.#outage.report(error);
        // The next try is another client's: this one may wait long for answers that will not come.
        this.#current?.client.close().catch(() => undefined);
        this.#current = undefined;
        await wait(
          backoffDelayMs(failures, this.#options.settings),
          undefined,
          {
            signal,
          },
        ).catch(() => undefined); // it ends early when the host stops
      }
  }

  #connected(): Receiving {
    const client = this.#options.connect();
    return {
      client,
      receiver: createMessageReceiver(client, this.#options.entity),
    };
  }

  async #next(
    receiver: ServiceBusReceiver,
  ): Promise<readonly ServiceBusReceivedMessage[]> {
    const { settings } = this.#options;
    const waitMs = tryTimeoutMs(settings);
    const { signal } = this.#stopping;
    const gathering = receiveBatch(receiver, { settings, waitMs, signal });
    const limitMs = waitMs + settings.maxBatchWaitTime + responseMarginMs;
    return (await withTimeout(gathering, limitMs)) ?? [];
  }

  async #process(
    messages: readonly ServiceBusReceivedMessage[],
    receiver: ServiceBusReceiver,
  ): Promise<void> {
    const { invokeMany, autoComplete, log } = this.#options;
    this.#outage.recover();
    const outcome = await invokeMany(messages);
    // The client does not tell of a link that is lost between two batches.
    const link = createLinkController().signal;
    await settleMessages(messages, outcome, {
      receiver,
      autoComplete,
      link,
      log,
    });
  }
}
