import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { setTimeout as wait } from "node:timers/promises";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { withTimeout } from "../../../shared/timeout/with-timeout";
import { drain } from "../../core/drain";
import { receiveBatch } from "./receive-batch";
import {
  receiveRetryDelayMs,
  createMessageReceiver,
  OutageReporter,
  responseMarginMs,
  type ServiceBusListener,
  type ServiceBusListenerOptions,
} from "./service-bus-listener";
import { tryTimeoutMs } from "./settings";
import { createLinkController, settleMessages } from "./settlement";

interface Connection {
  readonly client: ServiceBusClient;
  readonly receiver: ServiceBusReceiver;
}

/**
 * Runs a function with `cardinality: "many"` for messages without sessions. As on Azure, it processes one batch at a
 * time, does not renew the locks of its messages, and abandons the whole batch when the function fails.
 */
export class BatchListener implements ServiceBusListener {
  readonly #options: ServiceBusListenerOptions;
  readonly #inFlight = new InFlight();
  readonly #outage: OutageReporter;
  readonly #stopping = new AbortController();
  #connection: Connection | undefined;

  constructor(options: ServiceBusListenerOptions) {
    this.#options = options;
    this.#outage = new OutageReporter(options);
  }

  start(): void {
    void this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await drain(this.#inFlight);
    await drain(this.#inFlight, this.#connection?.client.close());
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted)
      try {
        this.#connection ??= this.#connect();
        const { receiver } = this.#connection;
        const messages = await this.#receive(receiver);
        failures = 0;
        if (messages.length > 0)
          await this.#inFlight.track(this.#process(messages, receiver));
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        failures += 1;
        this.#outage.report(error);
        // The next attempt uses a new client, because this one may wait a long time on its lost connection.
        this.#connection?.client.close().catch(() => undefined);
        this.#connection = undefined;
        await wait(
          receiveRetryDelayMs(failures, this.#options.settings),
          undefined,
          {
            signal,
          },
        ).catch(() => undefined); // rejects when the host stops
      }
  }

  #connect(): Connection {
    const client = this.#options.connect();
    const receiver = createMessageReceiver(client, this.#options.entity);
    return { client, receiver };
  }

  #receive(
    receiver: ServiceBusReceiver,
  ): Promise<readonly ServiceBusReceivedMessage[]> {
    const { settings } = this.#options;
    const waitMs = tryTimeoutMs(settings);
    const { signal } = this.#stopping;
    return withTimeout(
      receiveBatch(receiver, { settings, waitMs, signal }),
      waitMs + settings.maxBatchWaitTime + responseMarginMs,
    );
  }

  async #process(
    messages: readonly ServiceBusReceivedMessage[],
    receiver: ServiceBusReceiver,
  ): Promise<void> {
    const { invokeMany, autoComplete, log } = this.#options;
    this.#outage.recover();
    const outcome = await invokeMany(messages);
    // The client does not report a link that is lost between two batches.
    const link = createLinkController().signal;
    await settleMessages(messages, outcome, {
      receiver,
      autoComplete,
      link,
      log,
    });
  }
}
