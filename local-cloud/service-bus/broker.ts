import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withProperties } from "./amqp/properties";
import { AmqpServer } from "./amqp/server";
import { buildNamespace } from "./namespace/build-namespace";
import { type Clock, systemClock } from "../shared/time/clock";
import { BrokerCommitter } from "./store/committer";
import { parseEntities } from "./namespace/entity-file";
import type { Namespace } from "./namespace/namespace";
import { openBrokerStore } from "./store/sqlite-store";
import type { BrokerStore } from "./store/broker-store";

export interface BrokerOptions {
  /** The entities, in the shape of the configuration file of Microsoft's emulator (see docs/service-bus.md). */
  readonly entities: unknown;
  /** The port to listen on, on the loopback address; 0 picks a free one. */
  readonly port: number;
  /** Where messages are kept; made when it is not there. */
  readonly dataFolder: string;
  /** Default: the time of the machine. */
  readonly clock?: Clock;
  readonly log: (level: string, category: string, message: string) => void;
  /** Default: 60 s. A connection on which nothing has been heard for twice as long is closed. */
  readonly idleTimeoutMs?: number;
  /** Default: 20 s. A socket that has not become an AMQP connection by then is closed. */
  readonly handshakeTimeoutMs?: number;
}

/** What is open at the moment; all is 0 when no client is connected and all locks have ended. */
interface OpenCounts {
  readonly connections: number;
  readonly links: number;
  readonly receivers: number;
  readonly locks: number;
  /** Receivers that wait for a session. */
  readonly waiting: number;
}

export interface ServiceBusBroker extends AsyncDisposable {
  /** For `ServiceBusClient` and for `AZURE_SERVICEBUS_CONNECTION_STRING`. */
  readonly connectionString: string;
  readonly port: number;
  openCounts(): OpenCounts;
  /** Ends all connections without a word, as a broken network does. */
  dropConnections(): void;
  /** Takes nothing in any more, and resolves when all that was taken in is on disk. */
  stop(): Promise<void>;
}

/** The name and key of Microsoft's emulator, the same everywhere: what is on one machine needs no secret. https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator */
const key = { name: "RootManageSharedAccessKey", key: "SAS_KEY_VALUE" };

const category = "ServiceBus";
const closeGraceMs = 1000;

/** Starts a Service Bus on this machine. Throws `BrokerStartError`. */
export async function startBroker(
  options: BrokerOptions,
): Promise<ServiceBusBroker> {
  const { dataFolder, clock = systemClock } = options;
  const entities = parseEntities(options.entities);
  const log = (level: string, message: string): void => {
    options.log(level, category, message);
  };
  mkdirSync(dataFolder, { recursive: true });
  const store = openBrokerStore(join(dataFolder, "service-bus.db"));
  try {
    const committer = new BrokerCommitter(store, (error) => {
      log("error", cannotCommit(error));
    });
    const namespace = buildNamespace(entities, {
      ...{ store, clock },
      ports: {
        journal: committer,
        now: () => clock.now(),
        newToken: randomUUID,
        contentOnDisk: (queue, sequence) => store.content(queue, sequence),
        withProperties,
      },
    });
    tellOfOrphans(namespace, store, log);
    const newId = (): string => randomUUID().replaceAll("-", "");
    const server = new AmqpServer(
      { ...{ namespace, store, clock, key, newId, log } },
      {
        port: options.port,
        idleMs: options.idleTimeoutMs ?? 60_000,
        greetingMs: options.handshakeTimeoutMs ?? 20_000,
      },
    );
    await server.listen();
    return running(server, { namespace, store, committer });
  } catch (error) {
    store.close();
    throw error;
  }
}

function running(
  server: AmqpServer,
  {
    namespace,
    store,
    committer,
  }: {
    readonly namespace: Namespace;
    readonly store: BrokerStore;
    readonly committer: BrokerCommitter;
  },
): ServiceBusBroker {
  const { port } = server;
  let stopped: Promise<void> | undefined;
  const stopOnce = async (): Promise<void> => {
    await server.close(closeGraceMs);
    for (const queue of namespace.queues) queue.stop();
    committer.settle();
    store.close();
  };
  const stop = (): Promise<void> => (stopped ??= stopOnce());
  return {
    port,
    connectionString: `Endpoint=sb://localhost:${port};SharedAccessKeyName=${key.name};SharedAccessKey=${key.key};UseDevelopmentEmulator=true`,
    openCounts: () => openCounts(server, namespace),
    dropConnections: () => {
      server.dropConnections();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function openCounts(server: AmqpServer, { queues }: Namespace): OpenCounts {
  const sum = (count: (queue: (typeof queues)[number]) => number): number =>
    queues.reduce((total, queue) => total + count(queue), 0);
  return {
    connections: server.connectionCount,
    links: server.linkCount,
    receivers: sum((queue) => queue.consumerCount),
    locks: sum((queue) => queue.rules.lockCount),
    waiting: sum((queue) => queue.rules.sessions?.waitingCount ?? 0),
  };
}

/** Messages of entities that are not configured any more are kept: the entity may come back. */
function tellOfOrphans(
  { queues }: Namespace,
  store: BrokerStore,
  log: (level: string, message: string) => void,
): void {
  const known = new Set(queues.map(({ rules }) => rules.path.toLowerCase()));
  for (const [path, count] of store.counts())
    if (!known.has(path))
      log(
        "warning",
        `'${path}' is not among the entities any more; its ${count} messages are kept until it is again.`,
      );
}

const cannotCommit = (error: unknown): string =>
  `Messages cannot be written to disk and are tried again: ${error instanceof Error ? error.message : String(error)}`;
