import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type BrokerProcess,
  startBrokerProcess,
} from "../../../local-cloud/test/support/service-bus/broker-process";
import { type AosProcess, startAos } from "../cli/aos-process";
import { readAosEntities } from "./test-broker";

/** AOS and a broker in two processes. Each can be killed, which restarts it with the same data. */
export interface Pipeline extends AsyncDisposable {
  readonly connectionString: string;
  /** The base address of AOS, which changes when the host is killed. */
  url(): string;
  killHost(): Promise<void>;
  killBroker(): Promise<void>;
}

export async function startPipeline(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Pipeline> {
  const data = join(folder, "host");
  const dataFolder = join(folder, "broker");
  mkdirSync(data);
  mkdirSync(dataFolder);
  // Messages that a killed host had locked are delivered again after ten seconds instead of five minutes.
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
      env: { AZURE_SERVICEBUS_CONNECTION_STRING: connectionString, ...env },
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
