import type {
  MessageHandlers,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { Semaphore } from "../../../shared/concurrency/semaphore";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { drain } from "../../core/drain";
import {
  type ServiceBusListener,
  type ServiceBusListenerOptions,
  OutageReporter,
  responseMarginMs,
  createMessageReceiver,
} from "./service-bus-listener";
import { startLockRenewal } from "./lock-renewal";
import { createLinkController, settleMessages } from "./settlement";
import { tryTimeoutMs } from "./settings";

/** What the client, of this exact version, calls beside the handlers that it documents: before and after it opens its link. */
interface LinkHandlers extends MessageHandlers {
  preInitialize(): Promise<void>;
  postInitialize(): Promise<void>;
}

interface Receiving {
  readonly client: ServiceBusClient;
  readonly subscription: { close(): Promise<void> };
}

const never = new Promise<never>(() => undefined);

/**
 * Messages without sessions, one for each call.
 *
 * M1. The client connects again by itself, for ever. It then asks anew for as many messages as at first, whatever still
 *     runs. So it is not told of the end of calls whose link is lost, for which it would ask for one more each.
 * M2. A client that was cut off while it connected can wait for a minute for an answer that will not come. Another takes
 *     its place long before.
 * M3. `slots` keeps calls at `maxConcurrentCalls`; what the client asks for beyond that is the prefetch.
 */
export class MessageListener implements ServiceBusListener {
  readonly #options: ServiceBusListenerOptions;
  readonly #slots: Semaphore;
  readonly #underWay = new InFlight();
  readonly #outage: OutageReporter;
  #isStopping = false;
  #current: Receiving | undefined;
  #opening: NodeJS.Timeout | undefined;
  /** Aborted when the link is lost. */
  #link = createLinkController();

  constructor(options: ServiceBusListenerOptions) {
    this.#options = options;
    this.#outage = new OutageReporter(options);
    this.#slots = new Semaphore(options.settings.maxConcurrentCalls);
  }

  start(): void {
    const { connect, entity, settings } = this.#options;
    const client = connect();
    const receiver = createMessageReceiver(client, entity);
    const isCurrent = (): boolean => this.#current?.client === client;
    const handlers: LinkHandlers = {
      preInitialize: () => {
        if (isCurrent()) this.#opens();
        return Promise.resolve();
      },
      postInitialize: () => {
        if (isCurrent()) clearTimeout(this.#opening);
        return Promise.resolve();
      },
      processMessage: async (message) => {
        const link = this.#link.signal;
        await this.#underWay.track(
          this.#slots.run(() => this.#process(message, receiver, link)),
        );
        if (link.aborted) await never;
      },
      processError: ({ error }) => {
        if (isCurrent() && !this.#isStopping) this.#outage.report(error);
        return Promise.resolve();
      },
    };
    const subscription = receiver.subscribe(handlers, {
      autoCompleteMessages: false,
      maxConcurrentCalls: settings.maxConcurrentCalls + settings.prefetchCount,
    });
    this.#current = { client, subscription };
    this.#opens();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#opening);
    // Neither of the two is worth waiting for when the broker is gone.
    await drain(this.#underWay, this.#current?.subscription.close());
    await drain(this.#underWay, this.#current?.client.close());
  }

  /** The link before is lost; the next one is to be open in good time. */
  #opens(): void {
    this.#link.abort();
    this.#link = createLinkController();
    clearTimeout(this.#opening);
    if (this.#isStopping) return;
    const { settings } = this.#options;
    this.#opening = setTimeout(
      () => {
        const late = this.#current;
        this.start();
        late?.client.close().catch(() => undefined); // it does not answer
      },
      tryTimeoutMs(settings) + responseMarginMs,
    );
  }

  async #process(
    message: ServiceBusReceivedMessage,
    receiver: ServiceBusReceiver,
    link: AbortSignal,
  ): Promise<void> {
    const { settings, invokeOne, autoComplete, log } = this.#options;
    this.#outage.recover();
    const settling = { receiver, autoComplete, link, log };
    // It was fetched ahead and nothing has run: back to the queue with it.
    if (this.#isStopping)
      return settleMessages(
        [message],
        { ok: false, message: "", stack: "" },
        settling,
      );
    const release = startLockRenewal(
      message,
      receiver,
      settings.maxAutoLockRenewalDuration,
    );
    const outcome = await invokeOne(message).finally(release);
    await settleMessages([message], outcome, settling);
  }
}
