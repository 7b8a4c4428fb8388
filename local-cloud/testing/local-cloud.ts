import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LocalCloudClient } from "./client";
import { type Duration, durationToMs } from "./duration";
import { HostProcessConnection } from "./host-connection";
import type { AppSettingValues } from "./host-protocol";
import { TestKitError } from "./test-kit-error";

export interface LocalCloudOptions {
  /** The folder of a Functions app, built. */
  readonly app: string;
  /** `virtual`: time stands still but for `advance`. Default: `virtual`. */
  readonly clock?: "virtual" | "system";
  /** Where task hub and storage are kept. Default: a new folder, removed at the end. */
  readonly data?: string;
  /** Environment variables for the app, over those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A Functions app that runs, with what it needs of Azure. It stops when it is disposed of. */
export class LocalCloud implements AsyncDisposable {
  /** Where the app's HTTP functions are reached; no trailing slash. */
  readonly url: string;
  /**
   * What was started for the app, by the app setting that asked for it: connection strings of storage
   * (`UseDevelopmentStorage=true`) and of a Service Bus (`UseDevelopmentEmulator=true`), for clients of the test.
   */
  readonly settings: AppSettingValues;
  readonly client: LocalCloudClient;
  readonly #connection: HostProcessConnection;
  readonly #isVirtual: boolean;
  readonly #cleanUp: () => void;

  constructor(
    {
      url,
      settings,
    }: { readonly url: string; readonly settings: AppSettingValues },
    connection: HostProcessConnection,
    isVirtual: boolean,
    cleanUp: () => void,
  ) {
    this.url = url;
    this.settings = settings;
    this.client = new LocalCloudClient(url, connection);
    this.#connection = connection;
    this.#isVirtual = isVirtual;
    this.#cleanUp = cleanUp;
  }

  /** What the host and the app have written. */
  get output(): string {
    return this.#connection.output;
  }

  /** The time of the orchestrations. Elsewhere in the app, `Date` tells the time of the machine. */
  async now(): Promise<Date> {
    return new Date((await this.#connection.call({ name: "now" })) as number);
  }

  /**
   * Lets time pass, and resolves when all that was due in it has happened: timers fire in order, each at its time, and
   * what one brings about has happened before the next. An advance of 0 waits until the app is at rest.
   */
  async advance(duration: Duration): Promise<void> {
    const ms = durationToMs(duration);
    if (!this.#isVirtual)
      throw new TestKitError(
        "clock_is_real",
        'This cloud runs on the time of the machine, which cannot be advanced: start it with `clock: "virtual"`.',
      );
    await this.#connection.call({ name: "advance", ms });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.stop();
    this.#cleanUp();
  }
}

/** Starts the app in a process of its own. Throws `TestKitError`. */
export async function startLocalCloud({
  app,
  clock = "virtual",
  data,
  env = {},
}: LocalCloudOptions): Promise<LocalCloud> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "aos-cloud-"));
  const cleanUp = (): void => {
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const options = { app: resolve(app), data: resolve(folder), clock };
  const connection = new HostProcessConnection(options, env);
  try {
    const ready = await connection.ready();
    return new LocalCloud(ready, connection, clock === "virtual", cleanUp);
  } catch (error) {
    await connection.stop();
    cleanUp();
    throw error;
  }
}
