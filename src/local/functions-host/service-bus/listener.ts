import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { InvocationOutcome, LogLevel } from "../extension";
import { type Entity, entityText } from "./entity";
import { messageOf } from "../host-error";
import type { ServiceBusSettings } from "./settings";

export interface ListenerOptions {
  readonly client: ServiceBusClient;
  readonly entity: Entity;
  readonly settings: ServiceBusSettings;
  readonly autoComplete: boolean;
  /** Whether the function takes batches. */
  readonly isMany: boolean;
  readonly invokeOne: (
    message: ServiceBusReceivedMessage,
  ) => Promise<InvocationOutcome>;
  readonly invokeMany: (
    messages: readonly ServiceBusReceivedMessage[],
  ) => Promise<InvocationOutcome>;
  readonly log: (level: LogLevel, message: string) => void;
}

/** Runs a function for the messages of one queue or subscription, for as long as it listens. */
export interface Listener {
  start(): void;
  /** Takes no more messages and lets those end whose function runs (at most a few seconds). */
  stop(): Promise<void>;
}

/** Tells of what keeps a listener from its messages: once, until it has got one again. */
export class Outage {
  readonly #options: Pick<ListenerOptions, "entity" | "log">;
  #told: string | undefined;

  constructor(options: Pick<ListenerOptions, "entity" | "log">) {
    this.#options = options;
  }

  tell(error: unknown): void {
    const reason = messageOf(error);
    if (this.#told === reason) return;
    this.#told = reason;
    this.#options.log(
      "warning",
      `${entityText(this.#options.entity)} cannot be received from; it is tried again and again: ${reason}`,
    );
  }

  /** A message has come. */
  over(): void {
    if (this.#told !== undefined)
      this.#options.log(
        "information",
        `${entityText(this.#options.entity)} can be received from again.`,
      );
    this.#told = undefined;
  }
}

/** Milliseconds before the try that follows so many failed ones. */
export const backOffMs = (
  failures: number,
  { clientRetryOptions: { delay, maxDelay } }: ServiceBusSettings,
): number => Math.min(delay * 2 ** Math.min(failures - 1, 20), maxDelay);

/** Receives messages without sessions. It neither reads their bodies nor renews their locks: the host does. */
export function receiverOf(
  client: ServiceBusClient,
  { name, subscription }: Entity,
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
