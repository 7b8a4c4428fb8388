import type {
  MessageHandlers,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { Semaphore } from "../../../shared/concurrency/semaphore";
import { drain } from "../../core/drain";
import { startLockRenewal } from "./lock-renewal";
import {
  createMessageReceiver,
  OutageReporter,
  responseMarginMs,
  type ServiceBusListener,
  type ServiceBusListenerOptions,
} from "./service-bus-listener";
import { tryTimeoutMs } from "./settings";
import { createLinkController, settleMessages } from "./settlement";

/** Undocumented handlers that this exact version of the client calls before and after it opens its link. */
interface LinkHandlers extends MessageHandlers {
  preInitialize(): Promise<void>;
  postInitialize(): Promise<void>;
}

interface Connection {
  readonly client: ServiceBusClient;
  readonly subscription: { close(): Promise<void> };
}

const never = new Promise<never>(() => undefined);

/**
 * Runs a function once for each message without a session.
 *
 * M1. The client reconnects indefinitely, and then requests the full number of messages again, however many calls still
 *     run. Therefore `processMessage` never resolves for a call whose link is lost: the client would request one more.
 * M2. A client whose connection is lost while it connects can wait a minute for a response that never arrives. The
 *     listener replaces it after `tryTimeoutMs + responseMarginMs`.
 * M3. The semaphore limits calls to `maxConcurrentCalls`; further messages that the client requests are prefetched.
 */
export class MessageListener implements ServiceBusListener {
  readonly #options: ServiceBusListenerOptions;
  readonly #semaphore: Semaphore;
  readonly #inFlight = new InFlight();
  readonly #outage: OutageReporter;
  #isStopping = false;
  #connection: Connection | undefined;
  #openingTimer: NodeJS.Timeout | undefined;
  /** Aborted when the link is lost. */
  #link = createLinkController();

  constructor(options: ServiceBusListenerOptions) {
    this.#options = options;
    this.#outage = new OutageReporter(options);
    this.#semaphore = new Semaphore(options.settings.maxConcurrentCalls);
  }

  start(): void {
    const { connect, entity, settings } = this.#options;
    const client = connect();
    const receiver = createMessageReceiver(client, entity);
    const isCurrent = (): boolean => this.#connection?.client === client;
    const handlers: LinkHandlers = {
      preInitialize: () => {
        if (isCurrent()) this.#onLinkOpening();
        return Promise.resolve();
      },
      postInitialize: () => {
        if (isCurrent()) clearTimeout(this.#openingTimer);
        return Promise.resolve();
      },
      processMessage: async (message) => {
        const link = this.#link.signal;
        await this.#inFlight.track(
          this.#semaphore.run(() => this.#process(message, receiver, link)),
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
    this.#connection = { client, subscription };
    this.#onLinkOpening();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#openingTimer);
    // With time limits, because neither operation completes while the broker is unreachable.
    await drain(this.#inFlight, this.#connection?.subscription.close());
    await drain(this.#inFlight, this.#connection?.client.close());
  }

  /** Ends the previous link and replaces the client unless the new link opens in time. */
  #onLinkOpening(): void {
    this.#link.abort();
    this.#link = createLinkController();
    clearTimeout(this.#openingTimer);
    if (this.#isStopping) return;
    const { settings } = this.#options;
    this.#openingTimer = setTimeout(
      () => {
        const unresponsive = this.#connection;
        this.start();
        unresponsive?.client.close().catch(() => undefined);
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
    const settlement = { receiver, autoComplete, link, log };
    // A prefetched message whose function has not started is abandoned.
    if (this.#isStopping)
      return settleMessages(
        [message],
        { ok: false, message: "", stack: "" },
        settlement,
      );
    const stopRenewal = startLockRenewal(
      message,
      receiver,
      settings.maxAutoLockRenewalDuration,
    );
    const outcome = await invokeOne(message).finally(stopRenewal);
    await settleMessages([message], outcome, settlement);
  }
}
