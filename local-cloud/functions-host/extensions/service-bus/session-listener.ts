import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { InFlight } from "../../../shared/concurrency/in-flight";
import {
  TimeoutError,
  withTimeout,
} from "../../../shared/timeout/with-timeout";
import { drain } from "../../core/drain";
import type { InvocationOutcome } from "../../core/extension";
import {
  receiveSessionBatches,
  receiveSessionMessages,
} from "./receive-session";
import {
  receiveRetryDelayMs,
  OutageReporter,
  responseMarginMs,
  type ServiceBusListener,
  type ServiceBusListenerOptions,
} from "./service-bus-listener";
import { tryTimeoutMs } from "./settings";
import {
  createLinkController,
  settleMessages,
  type SettlementOptions,
} from "./settlement";

/**
 * Runs a function for messages with sessions.
 *
 * S1. At most `maxConcurrentSessions` sessions are locked concurrently. A session is released when it has been idle for
 *     `sessionIdleTimeout` or has lost its lock, but only after its running functions have completed.
 * S2. Up to `maxConcurrentCallsPerSession` messages of a session run concurrently. With 1, the next message is requested
 *     after the previous one is settled, so an abandoned message is delivered again before its successors.
 */
export class SessionListener implements ServiceBusListener {
  readonly #options: ServiceBusListenerOptions;
  readonly #inFlight = new InFlight();
  readonly #outage: OutageReporter;
  readonly #stopping = new AbortController();
  #workers: Promise<unknown> = Promise.resolve();
  #client: ServiceBusClient | undefined;

  constructor(options: ServiceBusListenerOptions) {
    this.#options = options;
    this.#outage = new OutageReporter(options);
  }

  start(): void {
    const { maxConcurrentSessions } = this.#options.settings;
    // Each pending session adds a listener, which Node.js would report as a leak.
    setMaxListeners(0, this.#stopping.signal);
    this.#workers = Promise.all(
      Array.from({ length: maxConcurrentSessions }, () => this.#work()),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await drain(this.#inFlight, this.#workers);
    await drain(this.#inFlight, this.#client?.close());
  }

  /** Processes one session after another. */
  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted)
      try {
        const receiver = await this.#acceptNextSession();
        failures = 0;
        await this.#processSession(receiver);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (isNoSessionAvailable(error)) continue;
        failures += 1;
        this.#outage.report(error);
        await wait(
          receiveRetryDelayMs(failures, this.#options.settings),
          undefined,
          {
            signal,
          },
        ).catch(() => undefined); // rejects when the host stops
      }
  }

  async #acceptNextSession(): Promise<ServiceBusSessionReceiver> {
    const { connect, settings } = this.#options;
    const client = (this.#client ??= connect());
    try {
      return await withTimeout(
        this.#accept(client),
        tryTimeoutMs(settings) + responseMarginMs,
      );
    } catch (error) {
      // The next attempt uses a new client, because this one may wait a long time on its lost connection.
      if (error instanceof TimeoutError && this.#client === client) {
        this.#client = undefined;
        client.close().catch(() => undefined);
      }
      throw error;
    }
  }

  #accept(client: ServiceBusClient): Promise<ServiceBusSessionReceiver> {
    const { entity, settings } = this.#options;
    const options = {
      receiveMode: "peekLock",
      skipParsingBodyAsJson: true,
      maxAutoLockRenewalDurationInMs: settings.maxAutoLockRenewalDuration,
      abortSignal: this.#stopping.signal,
    } as const;
    return entity.subscription === undefined
      ? client.acceptNextSession(entity.name, options)
      : client.acceptNextSession(entity.name, entity.subscription, options);
  }

  /** Processes the messages of a session until it must be released. */
  async #processSession(receiver: ServiceBusSessionReceiver): Promise<void> {
    const { settings, isBatch, invokeMany, invokeOne } = this.#options;
    const { signal } = this.#stopping;
    try {
      if (isBatch)
        await receiveSessionBatches(receiver, {
          settings,
          signal,
          process: (messages) =>
            this.#settle(messages, invokeMany(messages), {
              receiver,
              link: createLinkController().signal,
            }),
        });
      else
        await receiveSessionMessages(receiver, {
          settings,
          signal,
          process: (message, link) =>
            this.#settle([message], invokeOne(message), { receiver, link }),
          onError: (error) => {
            if (!isLockLost(error) && !signal.aborted)
              this.#outage.report(error);
          },
        });
    } finally {
      await withTimeout(receiver.close(), responseMarginMs);
    }
  }

  #settle(
    messages: readonly ServiceBusReceivedMessage[],
    invoked: Promise<InvocationOutcome>,
    session: Pick<SettlementOptions, "receiver" | "link">,
  ): Promise<void> {
    const { autoComplete, log } = this.#options;
    this.#outage.recover();
    return this.#inFlight.track(
      invoked.then((outcome) =>
        settleMessages(messages, outcome, { ...session, autoComplete, log }),
      ),
    );
  }
}

const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** The client's wait for a session with messages has timed out. */
const isNoSessionAvailable = (error: unknown): boolean =>
  ["ServiceTimeout", "SessionCannotBeLocked", "OperationTimeoutError"].includes(
    errorCode(error),
  );

const isLockLost = (error: unknown): boolean =>
  errorCode(error) === "SessionLockLost";
