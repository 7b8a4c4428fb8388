import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../../local-cloud/service-bus/broker";

export interface TestBroker {
  readonly connectionString: string;
  /** Ends all connections without a word. */
  dropConnections(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** What is in service-bus.json; with another time after which a message whose receiver was killed is delivered again. */
export const readAosEntities = (lockDuration = "PT5M"): unknown =>
  JSON.parse(
    readFileSync("service-bus.json", "utf8").replaceAll("PT5M", lockDuration),
  );

/** A broker in this process with the entities of AOS and a data folder of its own. */
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
