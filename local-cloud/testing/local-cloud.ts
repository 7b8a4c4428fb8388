import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LostEpisodesOptions } from "../durable-task/engine/orchestrations/lost-episodes";
import { LocalCloudClient } from "./client";
import { type Duration, durationToMs } from "./duration";
import { HostProcessConnection } from "./host-connection";
import type { AppSettingValues } from "./host-protocol";
import { TestKitError } from "./test-kit-error";

export interface LocalCloudOptions {
  /** The folder of a built Functions app. */
  readonly app: string;
  /** `virtual`: time passes only in `advance`. Default: `virtual`. */
  readonly clock?: "virtual" | "system";
  /** Loses episodes after their messages were sent, as Azure Storage can. Default: none is lost. */
  readonly lostEpisodes?: LostEpisodesOptions;
  /** The folder for task hub and storage. Default: a new folder, removed at the end. */
  readonly data?: string;
  /** Environment variables for the app; they override those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running Functions app with the services that it needs. Disposing of it stops everything. */
export class LocalCloud implements AsyncDisposable {
  /** The base address of the app's HTTP functions, without a trailing slash. */
  readonly url: string;
  /**
   * Connection strings of the services that were started, by app setting: storage for `UseDevelopmentStorage=true`, a
   * Service Bus for `UseDevelopmentEmulator=true`.
   */
  readonly settings: AppSettingValues;
  readonly client: LocalCloudClient;
  readonly #connection: HostProcessConnection;
  readonly #isVirtual: boolean;
  readonly #removeData: () => void;

  constructor(
    { url, settings }: Pick<LocalCloud, "url" | "settings">,
    connection: HostProcessConnection,
    isVirtual: boolean,
    removeData: () => void,
  ) {
    this.url = url;
    this.settings = settings;
    this.client = new LocalCloudClient(url, connection);
    this.#connection = connection;
    this.#isVirtual = isVirtual;
    this.#removeData = removeData;
  }

  /** Everything the host and the app have written. */
  get output(): string {
    return this.#connection.output;
  }

  /** The time of orchestrations. In the rest of the app, `Date` returns the system time. */
  async now(): Promise<Date> {
    return new Date((await this.#connection.call({ name: "now" })) as number);
  }

  /**
   * Advances the time and resolves when everything due in it has happened: timers fire in order, each at its time, and
   * the work that one timer starts has completed before the next fires. `advance(0)` waits until the app is idle.
   */
  async advance(duration: Duration): Promise<void> {
    const ms = durationToMs(duration);
    if (!this.#isVirtual)
      throw new TestKitError(
        "clock_is_real",
        'This local cloud runs on the system clock, which cannot be advanced: start it with `clock: "virtual"`.',
      );
    await this.#connection.call({ name: "advance", ms });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.stop();
    this.#removeData();
  }
}

/** Starts the app in a separate process. Throws `TestKitError`. */
export async function startLocalCloud({
  app,
  clock = "virtual",
  data,
  env = {},
  lostEpisodes,
}: LocalCloudOptions): Promise<LocalCloud> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "azure-local-cloud-"));
  const removeData = (): void => {
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const connection = new HostProcessConnection(
    { app: resolve(app), data: resolve(folder), clock, lostEpisodes },
    env,
  );
  try {
    const ready = await connection.ready();
    return new LocalCloud(ready, connection, clock === "virtual", removeData);
  } catch (error) {
    await connection.stop();
    removeData();
    throw error;
  }
}
