import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { type ReservedNames, reservedLine } from "./reserved-names";

export interface LocalStorage extends AsyncDisposable {
  /** For the storage clients and for `AzureWebJobsStorage`. */
  readonly connectionString: string;
  /** Refuses requests for these names from now on. */
  reserve(names: TaskHubNames): Promise<void>;
  /** Resolves when all data is on disk. */
  stop(): Promise<void>;
}

/** The names that a task hub takes. */
interface TaskHubNames {
  readonly hub: string;
  readonly tables: readonly string[];
  readonly queues: readonly string[];
  readonly containers: readonly string[];
}

/** The message is one sentence for the user. */
class StorageStartError extends Error {
  override readonly name = "StorageStartError";
  readonly code = "storage_start_failed";
}

/**
 * Azurite keeps its tables in memory and saves them completely only at shutdown. So it runs in a detached process, which
 * shuts down when its IPC channel closes, even if this process is killed, and continues until its data is saved.
 */
const program = `
  const { rmSync, writeFileSync } = require("node:fs");
  require(process.env.AZURITE_NAME_GATE);
  const pidFile = process.env.AZURITE_PID_FILE;
  writeFileSync(pidFile, String(process.pid));
  process.once("exit", () => rmSync(pidFile, { force: true }));
  process.stdout.on("error", () => {});
  const stop = () => {
    // Azurite handles the shutdown message only after it has started.
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

/** Always compiled code. */
const nameGate = __filename.endsWith(".ts")
  ? join(__dirname, "..", "dist", "storage", "name-gate.js")
  : join(__dirname, "name-gate.js");

/** The well-known account and key of the storage emulator. https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
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
  await waitForPreviousProcess(pidFile);
  const child = spawnAzurite(location, pidFile);
  const endpoints = await readEndpoints(child);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopProcess(child));
  return {
    connectionString: [
      "DefaultEndpointsProtocol=http",
      `AccountName=${account}`,
      `AccountKey=${accountKey}`,
      ...Object.entries(endpoints).map(
        ([service, url]) => `${service}Endpoint=${url}/${account}`,
      ),
    ].join(";"),
    reserve: ({ hub, tables, queues, containers }) =>
      reserveNames(child, {
        hub,
        names: {
          [portOf(endpoints["Table"])]: tables,
          [portOf(endpoints["Queue"])]: queues,
          [portOf(endpoints["Blob"])]: containers,
        },
      }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function spawnAzurite(location: string, pidFile: string): ChildProcess {
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
      stdio: ["pipe", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        AZURITE_MAIN: require.resolve("azurite/dist/src/azurite.js"),
        AZURITE_PID_FILE: pidFile,
        AZURITE_NAME_GATE: nameGate,
      },
    },
  );
}

/** Reads from Azurite's output the URL of each service; resolves when all three listen. */
async function readEndpoints(
  child: ChildProcess,
): Promise<Readonly<Record<string, string>>> {
  const endpoints: Record<string, string> = {};
  const output: string[] = [];
  const readLine = (line: string): void => {
    output.push(line);
    const [, service, url] =
      /Azurite (\w+) service is successfully listening at (\S+)/.exec(line) ??
      [];
    if (service !== undefined && url !== undefined) endpoints[service] = url;
  };
  if (child.stderr) createInterface(child.stderr).on("line", readLine);
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => {
      reject(
        new StorageStartError(
          `Storage (Azurite) did not start: ${output.at(-1) ?? "the process ended without output"}.`,
        ),
      );
    });
    if (child.stdout)
      createInterface(child.stdout).on("line", (line) => {
        readLine(line);
        if (Object.keys(endpoints).length === 3) resolve();
      });
  });
  return endpoints;
}

const portOf = (url: string | undefined): string => new URL(url ?? "").port;

/** Not over the IPC channel: Azurite takes its first message for a request to shut down. */
function reserveNames(
  child: ChildProcess,
  reserved: ReservedNames,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child.stdout)
      createInterface(child.stdout).on("line", (line) => {
        if (line === reservedLine) resolve();
      });
    child.once("exit", () => {
      reject(new StorageStartError("Storage (Azurite) ended."));
    });
    child.stdin?.write(`${JSON.stringify(reserved)}\n`);
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  await exited;
}

const previousProcessTimeoutMs = 30_000;

/** Waits for Azurite of an earlier run, which may still be saving its data. */
async function waitForPreviousProcess(pidFile: string): Promise<void> {
  const deadline = Date.now() + previousProcessTimeoutMs;
  while (existsSync(pidFile) && isRunning(pidFile)) {
    if (Date.now() > deadline)
      throw new StorageStartError(
        `Storage (Azurite) of an earlier run is still running as process ${readFileSync(pidFile, "utf8")}. Stop that process, or remove ${pidFile} if the process is not Azurite.`,
      );
    await wait(25);
  }
}

function isRunning(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), 0);
    return true;
  } catch {
    return false; // the process does not exist, or the file was removed meanwhile
  }
}
