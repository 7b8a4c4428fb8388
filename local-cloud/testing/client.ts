import type { RecordedEvent } from "../durable-task/engine/recorded-history";
import type { HostProcessConnection } from "./host-connection";
import { TestKitError } from "./test-kit-error";

export interface StartInstanceOptions {
  readonly input?: unknown;
  /** Default: a new id. */
  readonly instanceId?: string;
  readonly version?: string;
}

/** An instance as the HTTP API of Durable Functions shows it. */
export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus:
    "Pending" | "Running" | "Suspended" | "Completed" | "Failed" | "Terminated";
  readonly input: unknown;
  readonly customStatus: unknown;
  /** The result, or the reason of a failure or of a termination. */
  readonly output: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

/** Starts and steers the orchestrations and entities of a cloud. What it is refused it throws as `TestKitError`. */
export class LocalCloudClient {
  readonly #base: string;
  readonly #connection: HostProcessConnection;

  constructor(url: string, connection: HostProcessConnection) {
    this.#base = `${url}/runtime/webhooks/durabletask/`;
    this.#connection = connection;
  }

  /** Resolves with the instance id when the start is on disk. */
  async start(
    name: string,
    options: StartInstanceOptions = {},
  ): Promise<string> {
    const { input, instanceId, version } = options;
    const path = ["orchestrators", name, ...(instanceId ? [instanceId] : [])];
    const query = version === undefined ? {} : { version };
    const response = await this.#send("POST", path, { query, body: input });
    const { id } = (await value(response)) as { readonly id: string };
    return id;
  }

  async status(instanceId: string): Promise<InstanceStatus> {
    const response = await this.#send("GET", ["instances", instanceId]);
    return (await value(response)) as InstanceStatus;
  }

  /** Resolves the moment the instance has ended. What waits for a time ends only when the clock gets there. */
  async whenEnded(instanceId: string): Promise<InstanceStatus> {
    await this.#connection.call({ name: "whenEnded", instanceId });
    return this.status(instanceId);
  }

  async raiseEvent(
    instanceId: string,
    name: string,
    data: unknown = null,
  ): Promise<void> {
    const path = ["instances", instanceId, "raiseEvent", name];
    await this.#send("POST", path, { body: data });
  }

  terminate(instanceId: string, reason = ""): Promise<void> {
    return this.#steer(instanceId, "terminate", reason);
  }

  suspend(instanceId: string, reason = ""): Promise<void> {
    return this.#steer(instanceId, "suspend", reason);
  }

  resume(instanceId: string, reason = ""): Promise<void> {
    return this.#steer(instanceId, "resume", reason);
  }

  /** The entity's state; undefined when there is no such entity. */
  async entity(name: string, key: string): Promise<unknown> {
    const response = await this.#fetch("GET", entityPath(name, key));
    if (response.status === 404) return undefined;
    return value(await accepted(response));
  }

  /** Resolves when the signal is on disk; the entity takes it after that. */
  async signalEntity(
    name: string,
    key: string,
    operation: string,
    input?: unknown,
  ): Promise<void> {
    const query = { op: operation };
    await this.#send("POST", entityPath(name, key), { query, body: input });
  }

  /** The history as far as it is recorded, for `replay`. */
  async history(instanceId: string): Promise<readonly RecordedEvent[]> {
    const history = await this.#connection.call({
      name: "history",
      instanceId,
    });
    if (typeof history === "string")
      return JSON.parse(history) as readonly RecordedEvent[];
    throw new TestKitError(
      "request_refused",
      `There is no instance '${instanceId}'.`,
    );
  }

  async #steer(
    instanceId: string,
    verb: string,
    reason: string,
  ): Promise<void> {
    await this.#send("POST", ["instances", instanceId, verb], {
      query: { reason },
    });
  }

  async #send(...request: Sent): Promise<Response> {
    return accepted(await this.#fetch(...request));
  }

  #fetch(
    ...[method, path, { query = {}, body } = {}]: Sent
  ): Promise<Response> {
    const url = new URL(path.map(encodeURIComponent).join("/"), this.#base);
    url.search = new URLSearchParams(query).toString();
    return fetch(url, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

type Sent = readonly [
  method: "GET" | "POST",
  path: readonly string[],
  more?: {
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  },
];

/** In a URL `$` stands for the empty key. */
const entityPath = (name: string, key: string): readonly string[] => [
  "entities",
  name,
  key === "" ? "$" : key,
];

/** Parsed here: what Node.js itself parses is, under jest, of another realm than what a test compares it with. */
const value = async (response: Response): Promise<unknown> =>
  JSON.parse(await response.text()) as unknown;

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  const path = decodeURIComponent(new URL(response.url).pathname);
  throw new TestKitError(
    "request_refused",
    `The host answered ${response.status} to ${path}: ${(await response.text()) || "it gave no reason"}`,
  );
}
