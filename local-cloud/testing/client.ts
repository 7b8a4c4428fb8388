import type { RecordedEvent } from "../durable-task/engine/recorded-history";
import type { HostProcessConnection } from "./host-connection";
import { TestKitError } from "./test-kit-error";

export interface StartInstanceOptions {
  readonly input?: unknown;
  /** Default: a new id. */
  readonly instanceId?: string;
  readonly version?: string;
}

/** An instance in the representation of the HTTP API of Durable Functions. */
export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus:
    "Pending" | "Running" | "Suspended" | "Completed" | "Failed" | "Terminated";
  readonly input: unknown;
  readonly customStatus: unknown;
  /** The result, or the reason of a failure or termination. */
  readonly output: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

/** Manages the orchestrations and entities of a local cloud. Throws `TestKitError` when the host responds with an error. */
export class LocalCloudClient {
  readonly #base: string;
  readonly #connection: HostProcessConnection;

  constructor(url: string, connection: HostProcessConnection) {
    this.#base = `${url}/runtime/webhooks/durabletask/`;
    this.#connection = connection;
  }

  /** Resolves with the instance id when the start is durable. */
  async start(
    name: string,
    options: StartInstanceOptions = {},
  ): Promise<string> {
    const { input, instanceId, version } = options;
    const path = ["orchestrators", name, ...(instanceId ? [instanceId] : [])];
    const query = version === undefined ? {} : { version };
    const response = await this.#send("POST", path, { query, body: input });
    const { id } = (await parseJson(response)) as { readonly id: string };
    return id;
  }

  async status(instanceId: string): Promise<InstanceStatus> {
    const response = await this.#send("GET", ["instances", instanceId]);
    return (await parseJson(response)) as InstanceStatus;
  }

  /** Resolves as soon as the instance has ended. With a virtual clock, a timer ends only by `advance`. */
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
    return this.#manage(instanceId, "terminate", reason);
  }

  suspend(instanceId: string, reason = ""): Promise<void> {
    return this.#manage(instanceId, "suspend", reason);
  }

  resume(instanceId: string, reason = ""): Promise<void> {
    return this.#manage(instanceId, "resume", reason);
  }

  /** The entity's state; undefined when the entity does not exist. */
  async entity(name: string, key: string): Promise<unknown> {
    const response = await this.#fetch("GET", entityPath(name, key));
    if (response.status === 404) return undefined;
    return parseJson(await requireOk(response));
  }

  /** Resolves when the signal is durable, which is before the entity processes it. */
  async signalEntity(
    name: string,
    key: string,
    operation: string,
    input?: unknown,
  ): Promise<void> {
    const query = { op: operation };
    await this.#send("POST", entityPath(name, key), { query, body: input });
  }

  /** The recorded history, for `checkReplay`. */
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

  async #manage(
    instanceId: string,
    operation: string,
    reason: string,
  ): Promise<void> {
    await this.#send("POST", ["instances", instanceId, operation], {
      query: { reason },
    });
  }

  async #send(...request: RequestArguments): Promise<Response> {
    return requireOk(await this.#fetch(...request));
  }

  #fetch(
    ...[method, path, { query = {}, body } = {}]: RequestArguments
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

type RequestArguments = readonly [
  method: "GET" | "POST",
  path: readonly string[],
  more?: {
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  },
];

/** A URL has `$` instead of an empty key. */
const entityPath = (name: string, key: string): readonly string[] => [
  "entities",
  name,
  key === "" ? "$" : key,
];

/** `Response.json` returns objects of another realm under jest, which its matchers do not accept as equal. */
const parseJson = async (response: Response): Promise<unknown> =>
  JSON.parse(await response.text()) as unknown;

async function requireOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  const path = decodeURIComponent(new URL(response.url).pathname);
  throw new TestKitError(
    "request_refused",
    `The host responded with ${response.status} to ${path}: ${(await response.text()) || "no reason was given"}`,
  );
}
