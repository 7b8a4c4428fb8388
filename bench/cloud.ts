/** The built AOS with everything it needs, as `npm start` starts it, as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { BenchBroker } from "./broker";

const main = resolve(__dirname, "..", "src", "cli", "main.js");

/** Starts it on free ports. What the caller's shell says of Azure is left out: this is to be measured on this machine. */
export async function startBenchAos(dataFolder: string): Promise<BenchBroker> {
  const child = spawn(
    process.execPath,
    [
      ...[main, "dev", "--port", "0", "--service-bus-port", "0"],
      ...["--data", dataFolder],
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        AzureWebJobsStorage: "",
        AZURE_SERVICEBUS_CONNECTION_STRING: "",
        AOS_MODEL_PROVIDER: "offline",
      },
    },
  );
  const exited = once(child, "exit");
  const connectionString = await Promise.race([
    said(child.stdout),
    exited.then(() => {
      throw new Error("AOS ended before it listened.");
    }),
  ]);
  return {
    connectionString,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** The stream is read to its end, also after the address: a process whose stdout is closed would fail to write. */
const said = (stdout: NodeJS.ReadableStream): Promise<string> =>
  new Promise((found) => {
    let output = "";
    stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const text = /Endpoint=sb:\S+(?=\s)/.exec(output)?.[0];
      if (text !== undefined) found(text);
    });
  });
