import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnCommand } from "../cli/cloud-process";

export interface BrokerProcess extends AsyncDisposable {
  readonly connectionString: string;
  readonly port: number;
  /** Sends SIGTERM and resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL, like a crash. */
  kill(): Promise<void>;
}

/** Starts `azure-local-cloud broker`. */
export async function startBrokerProcess({
  entities,
  port,
  dataFolder,
}: {
  readonly entities: unknown;
  readonly port: number;
  readonly dataFolder: string;
}): Promise<BrokerProcess> {
  const config = join(dataFolder, "entities.json");
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(config, JSON.stringify(entities));
  const broker = spawnCommand([
    ...["broker", "--config", config],
    ...["--port", String(port), "--data", dataFolder],
  ]);
  const connectionString = await broker.waitForOutput(
    /^Endpoint=sb:\S+(?=\s)/m,
  );
  return {
    connectionString,
    port: Number(/localhost:(\d+)/.exec(connectionString)?.[1]),
    stop: () => broker.stop(),
    kill: () => broker.kill(),
    [Symbol.asyncDispose]: () => broker.kill(),
  };
}
