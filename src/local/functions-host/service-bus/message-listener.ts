import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { Slots } from "../../scheduling/slots";
import { UnderWay } from "../../scheduling/under-way";
import { ended } from "../grace";
import {
  type Listener,
  type ListenerOptions,
  Outage,
  receiverOf,
} from "./listener";
import { keepLocked } from "./lock-renewal";
import { settle } from "./settlement";

/**
 * Messages without sessions, one for each call.
 *
 * The client connects again by itself, for ever. It then asks for as many messages as before, whatever still runs, so
 * `slots` and not its credit is what keeps calls at `maxConcurrentCalls`. The credit beyond that is the prefetch.
 */
export class MessageListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #receiver: ServiceBusReceiver;
  readonly #slots: Slots;
  readonly #underWay = new UnderWay();
  readonly #outage: Outage;
  #isStopping = false;
  #subscription: { close(): Promise<void> } | undefined;

  constructor(options: ListenerOptions) {
    const { client, entity } = options;
    this.#options = options;
    this.#outage = new Outage(options);
    this.#slots = new Slots(options.settings.maxConcurrentCalls);
    this.#receiver = receiverOf(client, entity);
  }

  start(): void {
    const { maxConcurrentCalls, prefetchCount } = this.#options.settings;
    this.#subscription = this.#receiver.subscribe(
      {
        processMessage: (message) =>
          this.#underWay.track(this.#slots.run(() => this.#process(message))),
        processError: ({ error }) => {
          if (!this.#isStopping) this.#outage.tell(error);
          return Promise.resolve();
        },
      },
      {
        autoCompleteMessages: false,
        maxConcurrentCalls: maxConcurrentCalls + prefetchCount,
      },
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    // Neither of the two is worth waiting for when the broker is gone.
    await ended(this.#underWay, this.#subscription?.close());
    await ended(this.#underWay, this.#receiver.close());
  }

  async #process(message: ServiceBusReceivedMessage): Promise<void> {
    const { settings, invokeOne, autoComplete, log } = this.#options;
    this.#outage.over();
    const settling = { receiver: this.#receiver, autoComplete, log };
    // It was fetched ahead and nothing has run: back to the queue with it.
    if (this.#isStopping)
      return settle([message], { ok: false, message: "", stack: "" }, settling);
    const release = keepLocked(
      message,
      this.#receiver,
      settings.maxAutoLockRenewalDuration,
    );
    const outcome = await invokeOne(message).finally(release);
    await settle([message], outcome, settling);
  }
}
