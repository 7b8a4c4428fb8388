import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ServiceBusClient, type ServiceBusMessage } from "@azure/service-bus";
import {
  type ServiceBusBroker,
  startBroker,
} from "../../../service-bus/broker";
import { eventually } from "../shared/eventually";
import { startHostCommand, type ListeningProcess } from "../cli/cloud-process";
import { serviceBusAppEntities } from "./service-bus-entities";
import { OutputQueue } from "./output-queue";

export const serviceBusApp = resolve("local-cloud/test/fixtures/service-bus");

export const serviceBusAppSettings = (connectionString: string) => ({
  Bus: connectionString,
  REQUESTS: "requests",
});

/** A broker with the entities of the app, a host that runs the app, and a client for the test. */
export interface ServiceBusFixture {
  readonly client: ServiceBusClient;
  readonly host: ListeningProcess;
  readonly output: OutputQueue;
  send(
    entity: string,
    messages: ServiceBusMessage | ServiceBusMessage[],
  ): Promise<void>;
  /** Calls the function that sends `value` to the queue `seen` or the topic `news`. */
  callSendFunction(to: string, value: unknown): Promise<number>;
  /** Waits until a queue is empty, which means that all messages are settled. */
  whenEmpty(entity: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startServiceBusFixture(): Promise<ServiceBusFixture> {
  const folder = mkdtempSync(join(tmpdir(), "azure-local-cloud-bus-"));
  const broker: ServiceBusBroker = await startBroker({
    entities: serviceBusAppEntities,
    port: 0,
    dataFolder: join(folder, "broker"),
    log: () => undefined,
  });
  const client = new ServiceBusClient(broker.connectionString);
  const host = await startHostCommand({
    app: serviceBusApp,
    data: join(folder, "host"),
    env: serviceBusAppSettings(broker.connectionString),
  });
  return {
    client,
    host,
    output: new OutputQueue(client),
    send: async (entity, messages) => {
      const sender = client.createSender(entity);
      await sender.sendMessages(messages);
      await sender.close();
    },
    callSendFunction: async (to, value) => {
      const body = JSON.stringify({ to, value });
      const url = `${host.url}/api/send`;
      return (await fetch(url, { method: "POST", body })).status;
    },
    whenEmpty: (entity) =>
      eventually(async () => {
        const receiver = client.createReceiver(entity);
        const left = await receiver.peekMessages(10);
        await receiver.close();
        expect(left.map(({ body }) => body as unknown)).toEqual([]);
      }),
    stop: async () => {
      const code = await host.stop();
      await client.close();
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
      expect(code).toBe(0);
    },
  };
}
