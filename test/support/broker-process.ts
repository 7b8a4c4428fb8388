import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./local-host";

export interface BrokerProcess extends AsyncDisposable {
  readonly connectionString: string;
  /** Ends it without warning, as a crash does. */
  kill(): Promise<void>;
}

export interface BrokerRun {
  /** Where messages are kept, and the entities are written to. */
  readonly data: string;
  /** 0 picks a free one; to start it again in the same place, give the one it had. */
  readonly port?: number;
  /** ISO 8601. A message whose receiver was killed is delivered again after that time, as Service Bus does. */
  readonly lockDuration?: string;
}

/** Starts the built broker with the entities of AOS as a process of its own. */
export async function startBrokerProcess({
  data,
  port = 0,
  lockDuration = "PT5M",
}: BrokerRun): Promise<BrokerProcess> {
  const config = join(data, "entities.json");
  const entities = readFileSync("service-bus.json", "utf8");
  writeFileSync(config, entities.replaceAll("PT5M", lockDuration));
  const {
    process: child,
    output,
    exited,
  } = run([
    ...["broker", "--config", config, "--data", data],
    ...["--port", String(port)],
  ]);
  const connectionString = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /Endpoint=\S+/.exec(output())?.[0];
      if (found !== undefined) resolve(found);
    });
    void exited.then((code) => {
      reject(new Error(`It ended with ${code ?? "a signal"}:\n${output()}`));
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return {
    connectionString,
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}

export const portOf = (connectionString: string): number =>
  Number(/:(\d+);/.exec(connectionString)?.[1]);
