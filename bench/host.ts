/** The built host as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const main = resolve(
  __dirname,
  "..",
  "..",
  "local-cloud",
  "dist",
  "cli",
  "main.js",
);
const benchApp = resolve(__dirname, "..", "..", "bench", "app");

export interface BenchHost extends AsyncDisposable {
  readonly url: string;
}

interface Run {
  readonly app: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The app of the benchmark needs no storage; a setting of the caller's shell would have some started. */
const plain = { app: benchApp, settings: { AzureWebJobsStorage: "" } };

/** Starts it on a free port. */
export async function startBenchHost(
  dataFolder: string,
  { app, settings }: Run = plain,
): Promise<BenchHost> {
  const args = ["host", "--app", app, "--port", "0", "--data", dataFolder];
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...settings },
  });
  const exited = once(child, "exit");
  const url = await Promise.race([
    addressSaid(child.stdout),
    exited.then(() => {
      throw new Error("The host ended before it listened.");
    }),
  ]);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** The stream is read to its end, also after the address: a host whose stdout is closed would fail to write. */
const addressSaid = (stdout: NodeJS.ReadableStream): Promise<string> =>
  new Promise((found) => {
    let output = "";
    stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const url = /Listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (url !== undefined) found(url);
    });
  });
