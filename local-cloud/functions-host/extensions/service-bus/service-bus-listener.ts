import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { InvocationOutcome, LogLevel } from "../../core/extension";
import { type ServiceBusEntity, formatEntity } from "./entity";
import { describeError } from "../../core/host-error";
import type { ServiceBusSettings } from "./settings";

export interface ServiceBusListenerOptions {
  /** A new client, with a connection of its own. */
  readonly connect: () => ServiceBusClient;
  readonly entity: ServiceBusEntity;
  readonly settings: ServiceBusSettings;
  readonly autoComplete: boolean;
  /** Whether the function takes batches. */
  readonly isBatch: boolean;
  readonly invokeOne: (
    message: ServiceBusReceivedMessage,
  ) => Promise<InvocationOutcome>;
  readonly invokeMany: (
    messages: readonly ServiceBusReceivedMessage[],
  ) => Promise<InvocationOutcome>;
  readonly log: (level: LogLevel, message: string) => void;
}

/** Runs a function for the messages of one queue or subscription, for as long as it listens. */
export interface ServiceBusListener {
  start(): void;
  /** Takes no more messages and lets those end whose function runs (at most a few seconds). */
  stop(): Promise<void>;
}

/** Tells of what keeps a listener from its messages: once, until it has got one again. */
export class OutageReporter {
  readonly #options: Pick<ServiceBusListenerOptions, "entity" | "log">;
  #told: string | undefined;

  constructor(options: Pick<ServiceBusListenerOptions, "entity" | "log">) {
    this.#options = options;
  }

  report(error: unknown): void {
    const reason = describeError(error);
    if (this.#told === reason) return;
    this.#told = reason;
    this.#options.log(
      "warning",
      `${formatEntity(this.#options.entity)} cannot be received from; it is tried again and again: ${reason}`,
    );
  }

  /** A message has come. */
  recover(): void {
    if (this.#told !== undefined)
      this.#options.log(
        "information",
        `${formatEntity(this.#options.entity)} can be received from again.`,
      );
    this.#told = undefined;
  }
}

/** How much longer than it should take a client is waited for, before another takes its place. */
export const responseMarginMs = 3000;

/** Milliseconds before the try that follows so many failed ones. */
export const backoffDelayMs = (
  failures: number,
  { clientRetryOptions: { delay, maxDelay } }: ServiceBusSettings,
): number => Math.min(delay * 2 ** Math.min(failures - 1, 20), maxDelay);

/** Receives messages without sessions. It neither reads their bodies nor renews their locks: the host does. */
export function createMessageReceiver(
  client: ServiceBusClient,
  { name, subscription }: ServiceBusEntity,
): ServiceBusReceiver {
  const receiving = {
    receiveMode: "peekLock",
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: 0,
  } as const;
  return subscription === undefined
    ? client.createReceiver(name, receiving)
    : client.createReceiver(name, subscription, receiving);
}
