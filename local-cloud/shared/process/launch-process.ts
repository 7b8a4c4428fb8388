import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface LaunchOptions {
  /** Added to the environment of this process; existing variables are overridden. */
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[];
  /** Default: the working directory of this process. */
  readonly cwd?: string;
  /** Opens a channel for messages between both processes. */
  readonly ipc?: boolean;
  /** Keeps stdin of the process open until this process ends. Default: stdin is empty. */
  readonly pipeStdin?: boolean;
  /** Writes the stderr of the child process to the stderr of this process, not to `output`. */
  readonly inheritStderr?: boolean;
}

/** A Node.js program that runs as a child process. Disposing of it sends SIGTERM. */
export interface LaunchedProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves with the exit code, null after a signal, when the output is complete; with IPC, output may follow. */
  readonly exited: Promise<number | null>;
  /** Everything the process has written to stdout and stderr. */
  readonly output: () => string;
  /**
   * Resolves with the first group of the pattern, or the entire match, as soon as the output contains it. Rejects with the
   * output when the process ends before.
   */
  readonly waitForOutput: (pattern: RegExp) => Promise<string>;
  /** Sends SIGTERM and resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Sends SIGKILL, like a crash. */
  readonly kill: () => Promise<void>;
}

export function launchProcess(
  file: string,
  args: readonly string[] = [],
  options: LaunchOptions = {},
): LaunchedProcess {
  const child = spawnNode([file, ...args], options);
  let output = "";
  const append = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
  };
  // Always read, because a process whose stdout is closed fails to write.
  child.stdout?.on("data", append);
  child.stderr?.on("data", append);
  // "close" is emitted when the output is complete, but never once this side has closed the IPC channel.
  const exited = once(child, options.ipc ? "exit" : "close").then(
    ([code]) => code as number | null,
  );
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null)
      child.kill(signal);
    return exited;
  };
  return {
    child,
    exited,
    output: () => output,
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        const search = (): void => {
          const match = pattern.exec(output);
          if (match !== null) resolve(match[1] ?? match[0]);
        };
        child.stdout?.on("data", search);
        child.stderr?.on("data", search);
        search();
        void exited.then((code) => {
          reject(
            new Error(
              `${file} ended with ${code === null ? "a signal" : `code ${code}`} before it printed ${String(pattern)}:\n${output}`,
            ),
          );
        });
      }),
    stop: () => end("SIGTERM"),
    kill: async () => {
      await end("SIGKILL");
    },
    [Symbol.asyncDispose]: async () => {
      await end("SIGTERM");
    },
  };
}

function spawnNode(
  args: readonly string[],
  {
    env = {},
    nodeArguments = [],
    cwd,
    ipc,
    pipeStdin,
    inheritStderr,
  }: LaunchOptions,
): ChildProcess {
  return spawn(process.execPath, [...nodeArguments, ...args], {
    stdio: [
      pipeStdin ? "pipe" : "ignore",
      "pipe",
      inheritStderr ? "inherit" : "pipe",
      ...(ipc ? (["ipc"] as const) : []),
    ],
    env: { ...process.env, ...env },
    cwd,
  });
}
