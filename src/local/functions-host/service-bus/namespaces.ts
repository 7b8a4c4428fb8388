import {
  parseServiceBusConnectionString,
  ServiceBusClient,
  type ServiceBusSender,
} from "@azure/service-bus";
import { findConnection } from "../connection";
import { credential } from "../credential";
import type { ExtensionHost } from "../extension";
import { messageOf } from "../host-error";
import { retryOptions, type ServiceBusSettings } from "./settings";

type Setting = ExtensionHost["setting"];

const identityParts = ["fullyQualifiedNamespace"];

/** What is wrong with a connection; undefined when it can be used. Never tells its value, which is a secret. */
export function connectionProblem(
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
export class Namespaces {
  readonly #clients: ServiceBusClient[] = [];
  readonly #sending = new Map<string, ServiceBusClient>();
  readonly #senders = new Map<string, ServiceBusSender>();
  readonly #setting: Setting;
  readonly #settings: ServiceBusSettings;

  constructor(setting: Setting, settings: ServiceBusSettings) {
    this.#setting = setting;
    this.#settings = settings;
  }

  /** A client for one listener. */
  newClient(connection: string): ServiceBusClient {
    const client = this.#connect(connection);
    this.#clients.push(client);
    return client;
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
    await Promise.allSettled(this.#clients.map((client) => client.close()));
  }

  #sendingClient(connection: string): ServiceBusClient {
    let client = this.#sending.get(connection);
    if (client === undefined) {
      client = this.newClient(connection);
      this.#sending.set(connection, client);
    }
    return client;
  }

  #connect(connection: string): ServiceBusClient {
    const found = findConnection(connection, identityParts, this.#setting);
    if (found === undefined)
      throw new Error(connectionProblem(connection, this.#setting));
    const options = { retryOptions: retryOptions(this.#settings) };
    try {
      return found.kind === "string"
        ? new ServiceBusClient(found.value, options)
        : new ServiceBusClient(found.value, credential(found), options);
    } catch (cause) {
      throw new Error(
        `The setting ${found.setting} cannot be used: ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}
