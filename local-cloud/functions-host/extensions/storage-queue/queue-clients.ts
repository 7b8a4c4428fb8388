import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { findConnection } from "../../core/binding-connection";
import { createCredential } from "../../core/credential";

type Setting = (name: string) => string | undefined;

export const queueConnectionName = (connection: unknown): string =>
  typeof connection === "string" && connection !== "" ? connection : "Storage";

const identitySuffixes = ["queueServiceUri", "accountName"];

/** Describes why a connection is invalid; undefined when it is valid. */
export const validateQueueConnection = (
  connection: string,
  setting: Setting,
): string | undefined =>
  findConnection(connection, identitySuffixes, setting)
    ? undefined
    : `connection: the setting ${connection} is not set; set it to a connection string, or set ${connection}__queueServiceUri to use an identity`;

/** Creates queue clients, with one service client for each connection. */
export class QueueClients {
  readonly #services = new Map<string, QueueServiceClient>();
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  get(connection: string, queueName: string): QueueClient {
    let service = this.#services.get(connection);
    if (service === undefined) {
      service = this.#connect(connection);
      this.#services.set(connection, service);
    }
    return service.getQueueClient(queueName);
  }

  #connect(name: string): QueueServiceClient {
    const connection = findConnection(name, identitySuffixes, this.#setting);
    if (connection === undefined)
      throw new Error(validateQueueConnection(name, this.#setting));
    // Few retries: the listener polls again anyway, and a failed output should fail its function soon.
    const retryOptions = { maxTries: 3, retryDelayInMs: 100 };
    if (connection.kind === "string")
      return QueueServiceClient.fromConnectionString(connection.value, {
        retryOptions,
      });
    const url = connection.setting.endsWith("__accountName")
      ? `https://${connection.value}.queue.core.windows.net`
      : connection.value;
    return new QueueServiceClient(url, createCredential(connection), {
      retryOptions,
    });
  }
}

/** Sends a message; creates the queue if it does not exist. */
export async function sendCreatingQueue(
  queue: QueueClient,
  text: string,
): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (!isQueueNotFound(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}

export const isQueueNotFound = (error: unknown): boolean =>
  errorCode(error) === "QueueNotFound";

/** Whether the message was deleted, or became visible and was received by another client. */
export const isLeaseLost = (error: unknown): boolean =>
  ["MessageNotFound", "PopReceiptMismatch"].includes(errorCode(error));

const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
