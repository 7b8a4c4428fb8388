import type {
  ServiceBusReceivedMessage,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { setTimeout as wait } from "node:timers/promises";
import type { InvocationOutcome } from "../extension";
import { UnderWay } from "../../scheduling/under-way";
import { ended } from "../grace";
import {
  backOffMs,
  type Listener,
  type ListenerOptions,
  Outage,
} from "./listener";
import { holdForBatches, holdForMessages } from "./session-hold";
import { settle } from "./settlement";

/**
 * Messages with sessions.
 *
 * S1. At most `maxConcurrentSessions` sessions are held at once; a session is given back when it has been idle for
 *     `sessionIdleTimeout`, or when its lock is lost, but only after its running functions have ended.
 * S2. Of a session `maxConcurrentCallsPerSession` messages run at once. With 1, the next message is asked for after the one
 *     before has been settled: a message that is abandoned comes again before those behind it.
 */
export class SessionListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #underWay = new UnderWay();
  readonly #outage: Outage;
  readonly #stopping = new AbortController();
  #workers: Promise<unknown> = Promise.resolve();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#outage = new Outage(options);
  }

  start(): void {
    const { maxConcurrentSessions } = this.#options.settings;
    this.#workers = Promise.all(
      Array.from({ length: maxConcurrentSessions }, () => this.#work()),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await ended(this.#underWay, this.#workers);
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
        this.#outage.tell(error);
        await wait(backOffMs(failures, this.#options.settings), undefined, {
          signal,
        }).catch(() => undefined); // it ends early when the host stops
      }
  }

  #nextSession(): Promise<ServiceBusSessionReceiver> {
    const { client, entity, settings } = this.#options;
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
    const { settings, isMany, invokeMany, invokeOne } = this.#options;
    const { signal } = this.#stopping;
    const holding = { settings, signal };
    try {
      if (isMany)
        await holdForBatches(receiver, {
          ...holding,
          process: (messages) =>
            this.#process(messages, receiver, invokeMany(messages)),
        });
      else
        await holdForMessages(receiver, {
          ...holding,
          process: (message) =>
            this.#process([message], receiver, invokeOne(message)),
          onError: (error) => {
            if (!isLockLost(error) && !signal.aborted) this.#outage.tell(error);
          },
        });
    } finally {
      await receiver.close();
    }
  }

  #process(
    messages: readonly ServiceBusReceivedMessage[],
    receiver: ServiceBusSessionReceiver,
    invoked: Promise<InvocationOutcome>,
  ): Promise<void> {
    const { autoComplete, log } = this.#options;
    this.#outage.over();
    const settling = { receiver, autoComplete, log };
    return this.#underWay.track(
      invoked.then((outcome) => settle(messages, outcome, settling)),
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
