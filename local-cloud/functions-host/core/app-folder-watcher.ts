import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "../../shared/error-message";
import type { CoreLog } from "./core-api";
import type { WorkerState } from "./worker-state";

/** The real host restarts when the folder has not changed for this time. */
const quietMs = 500;
/** The real host takes 1 to 3 seconds to restart. */
const restartMs = 1000;

/**
 * Restarts the worker when a folder is created or removed in the root of the app, like the real host
 * (`FileMonitoringService`). The folders that exist now are the reference, among them the data folder of the host.
 */
export class AppFolderWatcher {
  readonly #appFolder: string;
  readonly #worker: WorkerState;
  readonly #log: CoreLog;
  #watcher: FSWatcher | undefined;
  #folders: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isComparing = false;
  #hasChanged = false;

  constructor(appFolder: string, worker: WorkerState, log: CoreLog) {
    this.#appFolder = appFolder;
    this.#worker = worker;
    this.#log = log;
  }

  async start(): Promise<void> {
    try {
      this.#folders = await this.#listFolders();
      this.#watcher = watch(this.#appFolder, { persistent: false }, () => {
        void this.#compare();
      });
      this.#watcher.on("error", (error) => {
        this.#warnOfFailure(error);
      });
    } catch (error) {
      // For example, the system limits the number of watched folders.
      this.#warnOfFailure(error);
    }
  }

  stop(): void {
    this.#watcher?.close();
    clearTimeout(this.#timer);
  }

  /** Compares once more when another change arrives meanwhile. */
  async #compare(): Promise<void> {
    this.#hasChanged = true;
    if (this.#isComparing) return;
    this.#isComparing = true;
    while (this.#hasChanged) {
      this.#hasChanged = false;
      try {
        const folders = await this.#listFolders();
        const before = this.#folders;
        this.#folders = folders;
        for (const name of folders.filter((one) => !before.includes(one)))
          this.#scheduleRestart("Created", name);
        for (const name of before.filter((one) => !folders.includes(one)))
          this.#scheduleRestart("Deleted", name);
      } catch (error) {
        this.#warnOfFailure(error);
      }
    }
    this.#isComparing = false;
  }

  #scheduleRestart(change: "Created" | "Deleted", name: string): void {
    const path = join(this.#appFolder, name);
    this.#warn(`Directory change of type '${change}' detected for '${path}'`);
    this.#warn("Host configuration has changed. Signaling restart");
    this.#setTimer(quietMs, () => {
      this.#worker.isRestarting = true;
      this.#warn(
        "The host restarts, because a folder of the app has changed. Until then, functions fail; write files outside the app.",
      );
      this.#setTimer(restartMs, () => {
        this.#worker.isRestarting = false;
        this.#warn("The host has restarted.");
      });
    });
  }

  #setTimer(ms: number, callback: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(callback, ms).unref();
  }

  async #listFolders(): Promise<readonly string[]> {
    const entries = await readdir(this.#appFolder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  }

  #warnOfFailure(error: unknown): void {
    this.#warn(
      `The folder of the app is not watched (${errorMessage(error)}): a new folder in it will not restart the host.`,
    );
  }

  #warn(message: string): void {
    this.#log("warning", "Host.Startup", message);
  }
}
