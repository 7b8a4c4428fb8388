import {
  parseServiceBusConnectionString,
  ServiceBusClient,
  type ServiceBusSender,
} from "@azure/service-bus";
import { findConnection } from "../../core/binding-connection";
import { createCredential } from "../../core/credential";
import type { ExtensionHost } from "../../core/extension";
import { describeError } from "../../core/host-error";
import { toSdkRetryOptions, type ServiceBusSettings } from "./settings";

type Setting = ExtensionHost["setting"];

const identityParts = ["fullyQualifiedNamespace"];

/** What is wrong with a connection; undefined when it can be used. Never tells its value, which is a secret. */
export function validateServiceBusConnection(
  connection: string,
  setting: Setting,
): string | undefined {
  const found = findConnection(connection, identityParts, setting);
  if (found === undefined)
    return `connection: the setting ${connection} is not set; give it the connection string of a Service Bus namespace, or set ${connection}__fullyQualifiedNamespace to use an identity`;
  if (found.kind === "identity") return undefined;
  try {
    parseServiceBusConnectionString(found.value);
    return undefined;
  } catch {
    return `connection: the setting ${found.setting} is not the connection string of a Service Bus namespace`;
  }
}

/**
 * The namespaces that the app is connected to. Each listener has a client, and so a connection, of its own: when a broker
 * comes back, receivers that share a connection take it from each other again and again. All senders share one.
 */
export class ServiceBusClients {
  readonly #sending = new Map<string, ServiceBusClient>();
  readonly #senders = new Map<string, ServiceBusSender>();
  readonly #setting: Setting;
  readonly #settings: ServiceBusSettings;

  constructor(setting: Setting, settings: ServiceBusSettings) {
    this.#setting = setting;
    this.#settings = settings;
  }

  /** A client for one listener, which closes it. */
  createClient(connection: string): ServiceBusClient {
    return this.#connect(connection);
  }

  /** Lets go of a client that does not answer, with its senders; the next message is sent by another. */
  discard(connection: string): void {
    const client = this.#sending.get(connection);
    this.#sending.delete(connection);
    for (const key of [...this.#senders.keys()])
      if (key.startsWith(`${connection}/`)) this.#senders.delete(key);
    client?.close().catch(() => undefined); // it is not there to be taken leave of
  }

  /** The one sender of a queue or topic. */
  sender(connection: string, queueOrTopic: string): ServiceBusSender {
    const key = `${connection}/${queueOrTopic.toLowerCase()}`;
    let sender = this.#senders.get(key);
    if (sender === undefined) {
      sender = this.#sendingClient(connection).createSender(queueOrTopic);
      this.#senders.set(key, sender);
    }
    return sender;
  }

  async close(): Promise<void> {
    // A namespace that is gone cannot be taken leave of; the connections end here all the same.
    await Promise.allSettled(
      [...this.#sending.values()].map((client) => client.close()),
    );
  }

  #sendingClient(connection: string): ServiceBusClient {
    let client = this.#sending.get(connection);
    if (client === undefined) {
      client = this.createClient(connection);
      this.#sending.set(connection, client);
    }
    return client;
  }

  #connect(connection: string): ServiceBusClient {
    const found = findConnection(connection, identityParts, this.#setting);
    if (found === undefined)
      throw new Error(validateServiceBusConnection(connection, this.#setting));
    const options = { retryOptions: toSdkRetryOptions(this.#settings) };
    try {
      return found.kind === "string"
        ? new ServiceBusClient(found.value, options)
        : new ServiceBusClient(found.value, createCredential(found), options);
    } catch (cause) {
      throw new Error(
        `The setting ${found.setting} cannot be used: ${describeError(cause)}`,
        { cause },
      );
    }
  }
}
