/** The built broker as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const main = resolve(
  __dirname,
  "..",
  "..",
  "local-cloud",
  "dist",
  "cli",
  "main.js",
);

/** One queue without any settings. */
export const queueName = "bench";
const entities = {
  UserConfig: { Namespaces: [{ Queues: [{ Name: queueName }] }] },
};

export interface BenchBroker extends AsyncDisposable {
  readonly connectionString: string;
}

/** Starts it on a free port, with its data in the folder. */
export async function startBenchBroker(folder: string): Promise<BenchBroker> {
  const config = join(folder, "entities.json");
  await writeFile(config, JSON.stringify(entities));
  const child = spawn(
    process.execPath,
    [
      ...[main, "broker", "--config", config],
      ...["--port", "0", "--data", folder],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  const connectionString = await Promise.race([
    once(child.stdout, "data").then(([line]) =>
      (line as Buffer).toString("utf8").trim(),
    ),
    exited.then(() => {
      throw new Error("The broker ended before it listened.");
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
