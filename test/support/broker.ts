import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../src/local/service-bus/broker";

export interface Broker {
  readonly connectionString: string;
  /** Ends all connections without a word. */
  dropConnections(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const seen = {
  RequiresDuplicateDetection: true,
  DuplicateDetectionHistoryTimeWindow: "PT10M",
};
const entities = {
  UserConfig: {
    Namespaces: [
      {
        Name: "aos",
        Queues: [
          {
            Name: "agent-requests",
            Properties: { ...seen, MaxDeliveryCount: 5 },
          },
          {
            Name: "agent-session-requests",
            Properties: { ...seen, MaxDeliveryCount: 5, RequiresSession: true },
          },
          { Name: "agent-responses", Properties: seen },
          {
            Name: "agent-requests-deadletter",
            Properties: { ...seen, MaxDeliveryCount: 2000 },
          },
        ],
        Topics: [
          {
            Name: "agent-events",
            Properties: seen,
            Subscriptions: [{ Name: "all" }],
          },
        ],
      },
    ],
  },
};

/** A broker in this process with the entities of AOS and a data folder of its own. */
export async function startTestBroker(): Promise<Broker> {
  const dataFolder = mkdtempSync(join(tmpdir(), "aos-broker-"));
  const broker = await startBroker({
    entities,
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
