import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { findConnection } from "../../core/binding-connection";
import { createCredential } from "../../core/credential";

type Setting = (name: string) => string | undefined;

export const queueConnectionName = (connection: unknown): string =>
  typeof connection === "string" && connection !== "" ? connection : "Storage";

const identityParts = ["queueServiceUri", "accountName"];

/** What is wrong with a connection; undefined when it can be used. */
export const validateQueueConnection = (
  connection: string,
  setting: Setting,
): string | undefined =>
  findConnection(connection, identityParts, setting)
    ? undefined
    : `connection: the setting ${connection} is not set; give it a connection string, or set ${connection}__queueServiceUri to use an identity`;

/** Queues by connection and name; the client of each service is made once. */
export class QueueClients {
  readonly #services = new Map<string, QueueServiceClient>();
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  get(connection: string, name: string): QueueClient {
    let service = this.#services.get(connection);
    if (service === undefined) {
      service = this.#connect(connection);
      this.#services.set(connection, service);
    }
    return service.getQueueClient(name);
  }

  #connect(name: string): QueueServiceClient {
    const found = findConnection(name, identityParts, this.#setting);
    if (found === undefined)
      throw new Error(validateQueueConnection(name, this.#setting));
    // The listener polls again anyway, and a function whose output cannot be written should not hang on for long.
    const retryOptions = { maxTries: 3, retryDelayInMs: 100 };
    if (found.kind === "string")
      return QueueServiceClient.fromConnectionString(found.value, {
        retryOptions,
      });
    const url = found.setting.endsWith("__accountName")
      ? `https://${found.value}.queue.core.windows.net`
      : found.value;
    return new QueueServiceClient(url, createCredential(found), {
      retryOptions,
    });
  }
}

/** Sends, and makes the queue when it is not there yet. */
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

/** Whether the queue is not there. */
export const isQueueNotFound = (error: unknown): boolean =>
  codeOf(error) === "QueueNotFound";

/** Whether the message is someone else's by now: it was hidden for too long, or deleted. */
export const isLeaseLost = (error: unknown): boolean =>
  ["MessageNotFound", "PopReceiptMismatch"].includes(codeOf(error));

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
