import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../../local-cloud/service-bus/broker";

export interface TestBroker {
  readonly connectionString: string;
  /** Drops all connections, like a network failure. */
  dropConnections(): void;
  /** Stops the broker and removes its data. */
  stop(): Promise<void>;
}

/** Returns the entities of service-bus.json. A shorter lock duration makes messages of a killed receiver available earlier. */
export const readAosEntities = (lockDuration = "PT5M"): unknown =>
  JSON.parse(
    readFileSync("service-bus.json", "utf8").replaceAll("PT5M", lockDuration),
  );

/** Starts a broker in this process with the entities of AOS and a temporary data folder. */
export async function startTestBroker(): Promise<TestBroker> {
  const dataFolder = mkdtempSync(join(tmpdir(), "aos-broker-"));
  const broker = await startBroker({
    entities: readAosEntities(),
    port: 0,
    dataFolder,
    log: () => undefined,
  });
  return {
    connectionString: broker.connectionString,
    dropConnections: () => {
      broker.dropConnections();
    },
    stop: async () => {
      await broker.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
