import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { errorMessage } from "../../../shared/error-message";
import type { InvocationOutcome, LogLevel } from "../../core/extension";
import { formatEntity, type ServiceBusEntity } from "./entity";
import type { ServiceBusSettings } from "./settings";

export interface ServiceBusListenerOptions {
  /** Creates a client with a separate connection. */
  readonly connect: () => ServiceBusClient;
  readonly entity: ServiceBusEntity;
  readonly settings: ServiceBusSettings;
  readonly autoComplete: boolean;
  /** Whether the function receives batches (`cardinality: "many"`). */
  readonly isBatch: boolean;
  readonly invokeOne: (
    message: ServiceBusReceivedMessage,
  ) => Promise<InvocationOutcome>;
  readonly invokeMany: (
    messages: readonly ServiceBusReceivedMessage[],
  ) => Promise<InvocationOutcome>;
  readonly log: (level: LogLevel, message: string) => void;
}

/** Runs a function for the messages of one queue or subscription. */
export interface ServiceBusListener {
  start(): void;
  /** Receives no more messages and waits, for at most a few seconds, for running functions. */
  stop(): Promise<void>;
}

/** Logs why an entity cannot be received from: once for each reason, until a message arrives again. */
export class OutageReporter {
  readonly #options: Pick<ServiceBusListenerOptions, "entity" | "log">;
  #reason: string | undefined;

  constructor(options: Pick<ServiceBusListenerOptions, "entity" | "log">) {
    this.#options = options;
  }

  report(error: unknown): void {
    const reason = errorMessage(error);
    if (this.#reason === reason) return;
    this.#reason = reason;
    this.#options.log(
      "warning",
      `Messages of ${formatEntity(this.#options.entity)} cannot be received; the host retries: ${reason}`,
    );
  }

  /** Called for each received message. */
  recover(): void {
    if (this.#reason !== undefined)
      this.#options.log(
        "information",
        `Messages of ${formatEntity(this.#options.entity)} can be received again.`,
      );
    this.#reason = undefined;
  }
}

/** Added to the time limit of a client before the host replaces it as unresponsive. */
export const responseMarginMs = 3000;

/** Delay before the attempt that follows `failures` consecutive failed ones. */
export const receiveRetryDelayMs = (
  failures: number,
  { clientRetryOptions: { delay, maxDelay } }: ServiceBusSettings,
): number => Math.min(delay * 2 ** Math.min(failures - 1, 20), maxDelay);

/** A receiver without sessions. It neither parses bodies nor renews locks, because the host does both. */
export function createMessageReceiver(
  client: ServiceBusClient,
  { name, subscription }: ServiceBusEntity,
): ServiceBusReceiver {
  const options = {
    receiveMode: "peekLock",
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: 0,
  } as const;
  return subscription === undefined
    ? client.createReceiver(name, options)
    : client.createReceiver(name, subscription, options);
}
