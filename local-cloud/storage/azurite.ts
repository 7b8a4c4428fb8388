import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

export interface LocalStorage extends AsyncDisposable {
  /** For the storage clients and for `AzureWebJobsStorage`. */
  readonly connectionString: string;
  /** Resolves when everything is written to disk. */
  stop(): Promise<void>;
}

/** Storage could not be started. The message is one sentence for people. */
class StorageStartError extends Error {
  override readonly name = "StorageStartError";
  readonly code = "storage_start_failed";
}

/**
 * Azurite keeps its tables in memory and writes them down now and then, and for certain when it is told to stop. So
 * it runs in a process of its own, in a group of its own, which outlives this one for as long as the writing takes,
 * however this one ends: it stops when the channel between the two closes.
 */
const program = `
  const { rmSync, writeFileSync } = require("node:fs");
  const pidFile = process.env.AZURITE_PID_FILE;
  writeFileSync(pidFile, String(process.pid));
  process.once("exit", () => rmSync(pidFile, { force: true }));
  process.stdout.on("error", () => {});
  const stop = () => {
    // Until it has started it does not listen to being told to stop.
    if (process.listenerCount("message") === 0) setTimeout(stop, 50);
    else process.emit("message", "shutdown");
  };
  process.once("disconnect", () => {
    stop();
    setTimeout(() => process.exit(), 20000).unref();
  });
  process.argv.splice(1, 0, "azurite");
  require(process.env.AZURITE_MAIN);
`;

/** The account and key of the storage emulator, the same everywhere. https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
const account = "devstoreaccount1";
const accountKey =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Starts Azurite on free ports with its data in `dataFolder`. Throws `StorageStartError`. */
export async function startStorage({
  dataFolder,
}: {
  readonly dataFolder: string;
}): Promise<LocalStorage> {
  const location = join(dataFolder, "azurite");
  mkdirSync(location, { recursive: true });
  const pidFile = join(location, "azurite.pid");
  await predecessorGone(pidFile);
  const child = start(location, pidFile);
  const endpoints = await listening(child);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopChild(child));
  return {
    connectionString: [
      "DefaultEndpointsProtocol=http",
      `AccountName=${account}`,
      `AccountKey=${accountKey}`,
      ...Object.entries(endpoints).map(
        ([service, url]) => `${service}Endpoint=${url}/${account}`,
      ),
    ].join(";"),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function start(location: string, pidFile: string): ChildProcess {
  const services = ["blob", "queue", "table"];
  return spawn(
    process.execPath,
    [
      "-e",
      program,
      "--",
      ...services.flatMap((name) => [`--${name}Port`, "0"]),
      ...["--location", location],
      ...["--silent", "--disableTelemetry", "--skipApiVersionCheck"],
    ],
    {
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        AZURITE_MAIN: require.resolve("azurite/dist/src/azurite.js"),
        AZURITE_PID_FILE: pidFile,
      },
    },
  );
}

/** The addresses that Azurite prints once it serves, by service. */
async function listening(
  child: ChildProcess,
): Promise<Readonly<Record<string, string>>> {
  const endpoints: Record<string, string> = {};
  const output: string[] = [];
  const said = (line: string): void => {
    output.push(line);
    const [, service, url] =
      /Azurite (\w+) service is successfully listening at (\S+)/.exec(line) ??
      [];
    if (service !== undefined && url !== undefined) endpoints[service] = url;
  };
  if (child.stderr) createInterface(child.stderr).on("line", said);
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => {
      reject(
        new StorageStartError(
          `Storage (Azurite) did not start: ${output.at(-1) ?? "it ended without a word"}.`,
        ),
      );
    });
    if (child.stdout)
      createInterface(child.stdout).on("line", (line) => {
        said(line);
        if (Object.keys(endpoints).length === 3) resolve();
      });
  });
  return endpoints;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  await exited;
}

const patienceMs = 30_000;

/** Waits for the storage of an earlier process, which may still be writing. */
async function predecessorGone(pidFile: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (existsSync(pidFile) && isRunning(pidFile)) {
    if (Date.now() > deadline)
      throw new StorageStartError(
        `Storage of an earlier run (process ${readFileSync(pidFile, "utf8")}) has not ended. Stop it, or remove ${pidFile} if it is no longer ours.`,
      );
    await wait(25);
  }
}

function isRunning(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), 0);
    return true;
  } catch {
    return false; // no such process, or the file has just gone
  }
}
