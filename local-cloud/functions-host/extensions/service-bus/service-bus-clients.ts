import {
  parseServiceBusConnectionString,
  ServiceBusClient,
  type ServiceBusSender,
} from "@azure/service-bus";
import { errorMessage } from "../../../shared/error-message";
import { findConnection } from "../../core/binding-connection";
import { createCredential } from "../../core/credential";
import type { ExtensionHost } from "../../core/extension";
import { type ServiceBusSettings, toSdkRetryOptions } from "./settings";

type Setting = ExtensionHost["setting"];

const identitySuffixes = ["fullyQualifiedNamespace"];

/** Describes why a connection is invalid; undefined when it is valid. Never contains the value, which is a secret. */
export function validateServiceBusConnection(
  connection: string,
  setting: Setting,
): string | undefined {
  const found = findConnection(connection, identitySuffixes, setting);
  if (found === undefined)
    return `connection: the setting ${connection} is not set; set it to the connection string of a Service Bus namespace, or set ${connection}__fullyQualifiedNamespace to use an identity`;
  if (found.kind === "identity") return undefined;
  try {
    parseServiceBusConnectionString(found.value);
    return undefined;
  } catch {
    return `connection: the setting ${found.setting} is not the connection string of a Service Bus namespace`;
  }
}

interface SendingClient {
  readonly client: ServiceBusClient;
  /** By queue or topic, in lower case. */
  readonly senders: Map<string, ServiceBusSender>;
}

/**
 * Creates the clients of the app. Each listener gets a separate client, and so a separate AMQP connection: when a broker
 * restarts, receivers on a shared connection repeatedly close each other's. All senders of a namespace share one client.
 */
export class ServiceBusClients {
  readonly #sending = new Map<string, SendingClient>();
  readonly #setting: Setting;
  readonly #settings: ServiceBusSettings;

  constructor(setting: Setting, settings: ServiceBusSettings) {
    this.#setting = setting;
    this.#settings = settings;
  }

  /** Drops the sending client after it has not responded; the next message uses a new one. */
  discard(connection: string): void {
    const sending = this.#sending.get(connection);
    this.#sending.delete(connection);
    sending?.client.close().catch(() => undefined); // the broker may be unreachable
  }

  sender(connection: string, queueOrTopic: string): ServiceBusSender {
    let sending = this.#sending.get(connection);
    if (sending === undefined) {
      sending = { client: this.createClient(connection), senders: new Map() };
      this.#sending.set(connection, sending);
    }
    const key = queueOrTopic.toLowerCase();
    let sender = sending.senders.get(key);
    if (sender === undefined) {
      sender = sending.client.createSender(queueOrTopic);
      sending.senders.set(key, sender);
    }
    return sender;
  }

  /** Closes the sending clients; listeners close their clients themselves. */
  async close(): Promise<void> {
    // `close` rejects when the namespace is unreachable, although the connection is closed.
    await Promise.allSettled(
      [...this.#sending.values()].map(({ client }) => client.close()),
    );
  }

  createClient(name: string): ServiceBusClient {
    const connection = findConnection(name, identitySuffixes, this.#setting);
    if (connection === undefined)
      throw new Error(validateServiceBusConnection(name, this.#setting));
    const options = { retryOptions: toSdkRetryOptions(this.#settings) };
    try {
      return connection.kind === "string"
        ? new ServiceBusClient(connection.value, options)
        : new ServiceBusClient(
            connection.value,
            createCredential(connection),
            options,
          );
    } catch (cause) {
      throw new Error(
        `The setting ${connection.setting} cannot be used: ${errorMessage(cause)}`,
        { cause },
      );
    }
  }
}
