import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { InvocationOutcome } from "../../core/extension";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { drain } from "../../core/drain";
import {
  withTimeout,
  TimeoutError,
} from "../../../shared/timeout/with-timeout";
import {
  backoffDelayMs,
  type ServiceBusListener,
  type ServiceBusListenerOptions,
  OutageReporter,
  responseMarginMs,
} from "./service-bus-listener";
import {
  receiveSessionBatches,
  receiveSessionMessages,
} from "./receive-session";
import {
  createLinkController,
  settleMessages,
  type SettlementOptions,
} from "./settlement";

import { tryTimeoutMs } from "./settings";

/**
 * Messages with sessions.
 *
 * S1. At most `maxConcurrentSessions` sessions are held at once; a session is given back when it has been idle for
 *     `sessionIdleTimeout`, or when its lock is lost, but only after its running functions have ended.
 * S2. Of a session `maxConcurrentCallsPerSession` messages run at once. With 1, the next message is asked for after the one
 *     before has been settled: a message that is abandoned comes again before those behind it.
 */
export class SessionListener implements ServiceBusListener {
  readonly #options: ServiceBusListenerOptions;
  readonly #underWay = new InFlight();
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
    // One for each session that is waited for is meant, and no leak.
    setMaxListeners(0, this.#stopping.signal);
    this.#workers = Promise.all(
      Array.from({ length: maxConcurrentSessions }, () => this.#work()),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await drain(this.#underWay, this.#workers);
    await drain(this.#underWay, this.#client?.close());
  }

  /** Takes one session after another. */
  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted)
      try {
        const receiver = await this.#nextSession();
        failures = 0;
        await this.#hold(receiver);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (isNoneFree(error)) continue;
        failures += 1;
        this.#outage.report(error);
        await wait(
          backoffDelayMs(failures, this.#options.settings),
          undefined,
          {
            signal,
          },
        ).catch(() => undefined); // it ends early when the host stops
      }
  }

  async #nextSession(): Promise<ServiceBusSessionReceiver> {
    const { connect, settings } = this.#options;
    const client = (this.#client ??= connect());
    try {
      const accepted = this.#accept(client);
      const session = await withTimeout(
        accepted,
        tryTimeoutMs(settings) + responseMarginMs,
      );
      if (session) return session;
      throw new TimeoutError(tryTimeoutMs(settings));
    } catch (error) {
      // The next try is another client's: this one may wait long for answers that will not come.
      if (error instanceof TimeoutError && this.#client === client) {
        this.#client = undefined;
        client.close().catch(() => undefined);
      }
      throw error;
    }
  }

  #accept(client: ServiceBusClient): Promise<ServiceBusSessionReceiver> {
    const { entity, settings } = this.#options;
    const accepting = {
      receiveMode: "peekLock",
      skipParsingBodyAsJson: true,
      maxAutoLockRenewalDurationInMs: settings.maxAutoLockRenewalDuration,
      abortSignal: this.#stopping.signal,
    } as const;
    return entity.subscription === undefined
      ? client.acceptNextSession(entity.name, accepting)
      : client.acceptNextSession(entity.name, entity.subscription, accepting);
  }

  /** Runs the messages of a session until there is a reason to give it back. */
  async #hold(receiver: ServiceBusSessionReceiver): Promise<void> {
    const { settings, isBatch, invokeMany, invokeOne } = this.#options;
    const { signal } = this.#stopping;
    const holding = { settings, signal };
    try {
      if (isBatch)
        await receiveSessionBatches(receiver, {
          ...holding,
          process: (messages) =>
            this.#process(messages, invokeMany(messages), {
              receiver,
              link: createLinkController().signal,
            }),
        });
      else
        await receiveSessionMessages(receiver, {
          ...holding,
          process: (message, link) =>
            this.#process([message], invokeOne(message), { receiver, link }),
          onError: (error) => {
            if (!isLockLost(error) && !signal.aborted)
              this.#outage.report(error);
          },
        });
    } finally {
      await withTimeout(receiver.close(), responseMarginMs);
    }
  }

  #process(
    messages: readonly ServiceBusReceivedMessage[],
    invoked: Promise<InvocationOutcome>,
    by: Pick<SettlementOptions, "receiver" | "link">,
  ): Promise<void> {
    const { autoComplete, log } = this.#options;
    this.#outage.recover();
    const settling = { ...by, autoComplete, log };
    return this.#underWay.track(
      invoked.then((outcome) => settleMessages(messages, outcome, settling)),
    );
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** No session has had messages for as long as a client waits for one. */
const isNoneFree = (error: unknown): boolean =>
  ["ServiceTimeout", "SessionCannotBeLocked", "OperationTimeoutError"].includes(
    codeOf(error),
  );

const isLockLost = (error: unknown): boolean =>
  codeOf(error) === "SessionLockLost";
