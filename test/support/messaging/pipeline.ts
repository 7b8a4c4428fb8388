import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readAosEntities } from "./test-broker";
import {
  type BrokerProcess,
  startBrokerProcess,
} from "../../../local-cloud/test/support/service-bus/broker-process";
import { type AosProcess, startAos } from "../cli/aos-process";

/** AOS and a broker as two processes, each of which can be killed and is then started again on what it had. */
export interface Pipeline extends AsyncDisposable {
  readonly connectionString: string;
  /** Of the HTTP API; another one after the host was killed. */
  url(): string;
  killHost(): Promise<void>;
  killBroker(): Promise<void>;
}

export async function startPipeline(folder: string): Promise<Pipeline> {
  const data = join(folder, "host");
  const dataFolder = join(folder, "broker");
  mkdirSync(data);
  mkdirSync(dataFolder);
  // What a killed host had locked comes again after this time; in the namespace of AOS it is five minutes.
  const entities = readAosEntities("PT10S");
  let broker: BrokerProcess = await startBrokerProcess({
    entities,
    port: 0,
    dataFolder,
  });
  const { connectionString, port } = broker;
  const startHost = () =>
    startAos({
      data,
      env: { AZURE_SERVICEBUS_CONNECTION_STRING: connectionString },
    });
  let host: AosProcess = await startHost();
  return {
    connectionString,
    url: () => host.url,
    killHost: async () => {
      await host.kill();
      host = await startHost();
    },
    killBroker: async () => {
      await broker.kill();
      broker = await startBrokerProcess({ entities, port, dataFolder });
    },
    [Symbol.asyncDispose]: async () => {
      await host.stop();
      await broker[Symbol.asyncDispose]();
    },
  };
}
