import { DefaultAzureCredential } from "@azure/identity";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";

type Setting = (name: string) => string | undefined;

/** The app settings in which a connection of that name may be found, the first one first. */
const settingNames = (connection: string): readonly string[] => [
  `AzureWebJobs${connection}`,
  connection,
];

export const connectionName = (connection: unknown): string =>
  typeof connection === "string" && connection !== "" ? connection : "Storage";

/** What is wrong with a connection; undefined when it can be used. */
export function connectionProblem(
  connection: string,
  setting: Setting,
): string | undefined {
  if (serviceAt(connection, setting)) return undefined;
  return `connection: the setting ${connection} is not set; give it a connection string, or set ${connection}__queueServiceUri to use an identity`;
}

type Service = { readonly connectionString: string } | { readonly url: string };

function serviceAt(connection: string, setting: Setting): Service | undefined {
  for (const name of settingNames(connection)) {
    const connectionString = setting(name);
    if (connectionString) return { connectionString };
    const account = setting(`${name}__accountName`);
    const url =
      setting(`${name}__queueServiceUri`) ??
      (account && `https://${account}.queue.core.windows.net`);
    if (url) return { url };
  }
  return undefined;
}

/** Queues by connection and name; the client of each service is made once. */
export class Queues {
  readonly #services = new Map<string, QueueServiceClient>();
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  queue(connection: string, name: string): QueueClient {
    let service = this.#services.get(connection);
    if (service === undefined) {
      service = this.#connect(connection);
      this.#services.set(connection, service);
    }
    return service.getQueueClient(name);
  }

  #connect(connection: string): QueueServiceClient {
    const found = serviceAt(connection, this.#setting);
    if (found === undefined)
      throw new Error(connectionProblem(connection, this.#setting));
    // The listener polls again anyway, and a function whose output cannot be written should not hang on for long.
    const retryOptions = { maxTries: 3, retryDelayInMs: 100 };
    return "url" in found
      ? new QueueServiceClient(found.url, new DefaultAzureCredential(), {
          retryOptions,
        })
      : QueueServiceClient.fromConnectionString(found.connectionString, {
          retryOptions,
        });
  }
}

/** Sends, and makes the queue when it is not there yet. */
export async function send(queue: QueueClient, text: string): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}

/** Whether the queue is not there. */
export const isMissing = (error: unknown): boolean =>
  codeOf(error) === "QueueNotFound";

/** Whether the message is someone else's by now: it was hidden for too long, or deleted. */
export const isTaken = (error: unknown): boolean =>
  ["MessageNotFound", "PopReceiptMismatch"].includes(codeOf(error));

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
