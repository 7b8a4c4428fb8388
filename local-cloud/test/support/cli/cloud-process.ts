import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const localCloudMain = resolve("local-cloud/dist/cli/main.js");
const aosMain = resolve("dist/src/cli/main.js");

export interface ListeningProcess extends AsyncDisposable {
  readonly url: string;
  /** All that the process has written to stdout and stderr. */
  output(): string;
  /** Asks the process to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends the process without warning, as a crash does. */
  kill(): Promise<void>;
}

export interface SpawnedCommand {
  readonly output: () => string;
  readonly process: ChildProcess;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

/** Runs a command of the built project. */
export function spawnCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): SpawnedCommand {
  const main = ["broker", "host"].includes(args[0] ?? "")
    ? localCloudMain
    : aosMain;
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return { process: child, output: () => output, exited };
}

/** A folder that is removed when the test file has ended. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "aos-test-"));
  afterAll(() => {
    rmSync(folder, {
      recursive: true,
      force: true,
      maxRetries: 20,
      retryDelay: 100,
    });
  });
  return folder;
}

/** Waits until a started command says that it listens; fails with its output when it ends before. */
export async function waitUntilListening(
  running: SpawnedCommand,
): Promise<ListeningProcess> {
  const { process: child, output, exited } = running;
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /Listening on (http:\/\/\S+)/.exec(output())?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", look);
    void exited.then((code) => {
      reject(new Error(`It ended with ${code ?? "a signal"}:\n${output()}`));
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null)
      child.kill(signal);
    return exited;
  };
  return {
    url,
    output,
    stop: () => end("SIGTERM"),
    kill: async () => {
      await end("SIGKILL");
    },
    [Symbol.asyncDispose]: async () => {
      await end("SIGTERM");
    },
  };
}

export interface StartHostCommandOptions {
  readonly app: string;
  readonly data: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built host on an app, on a free port. */
export const startHostCommand = ({
  app,
  data,
  args = [],
  env = {},
}: StartHostCommandOptions): Promise<ListeningProcess> =>
  waitUntilListening(
    spawnCommand(
      ["host", "--app", app, "--port", "0", "--data", data, ...args],
      env,
    ),
  );
