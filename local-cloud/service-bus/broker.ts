import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { GroupCommitter } from "../shared/commit/group-committer";
import { errorMessage } from "../shared/error-message";
import { type Clock, systemClock } from "../shared/time/clock";
import { withProperties } from "./amqp/properties";
import { AmqpServer } from "./amqp/server";
import { buildNamespace } from "./namespace/build-namespace";
import { parseEntities } from "./namespace/entity-file";
import type { Namespace } from "./namespace/namespace";
import type { StoreChange } from "./queue/change";
import type { QueueDispatcher } from "./queue/queue-dispatcher";
import type { BrokerStore } from "./store/broker-store";
import { openBrokerStore } from "./store/sqlite-store";

export interface BrokerOptions {
  /** The entities, in the format of the configuration file of Microsoft's emulator (see docs/reference/service-bus.md). */
  readonly entities: unknown;
  /** The port on the loopback address; 0 selects a free one. */
  readonly port: number;
  /** The folder of the database; created if it does not exist. */
  readonly dataFolder: string;
  /** Default: the system clock. */
  readonly clock?: Clock;
  readonly log: (level: string, category: string, message: string) => void;
  /** Default: 60 s. A connection without incoming frames for twice this time is closed. */
  readonly idleTimeoutMs?: number;
  /** Default: 20 s. A socket that has not opened an AMQP connection within this time is closed. */
  readonly handshakeTimeoutMs?: number;
}

/** Numbers of open resources. All are 0 when no client is connected and all locks have expired. */
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
  /** Destroys all sockets without an AMQP close, as a network failure does. */
  dropConnections(): void;
  /** Closes all connections and resolves when all accepted changes are on disk. */
  stop(): Promise<void>;
}

/** The well-known name and key of Microsoft's emulator: a loopback port needs no secret. https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator */
const accessKey = { name: "RootManageSharedAccessKey", key: "SAS_KEY_VALUE" };

const logCategory = "ServiceBus";
const closeGraceMs = 1000;

type Log = (level: string, message: string) => void;
type BrokerCommitter = GroupCommitter<readonly StoreChange[]>;

/** Starts a Service Bus broker in this process. Throws `BrokerStartError`. */
export async function startBroker(
  options: BrokerOptions,
): Promise<ServiceBusBroker> {
  const { dataFolder, clock = systemClock } = options;
  const entities = parseEntities(options.entities);
  const log: Log = (level, message) => {
    options.log(level, logCategory, message);
  };
  mkdirSync(dataFolder, { recursive: true });
  const store = openBrokerStore(join(dataFolder, "service-bus.db"));
  try {
    const committer = createCommitter(store, log);
    const namespace = buildNamespace(entities, {
      ...{ store, clock },
      dependencies: {
        journal: committer,
        now: () => clock.now(),
        newLockToken: randomUUID,
        loadContent: (queue, sequence) => store.content(queue, sequence),
        setProperties: withProperties,
      },
    });
    warnAboutOrphanedMessages(namespace, store, log);
    const newId = (): string => randomUUID().replaceAll("-", "");
    const server = new AmqpServer(
      { ...{ namespace, store, clock, accessKey, newId, log } },
      {
        port: options.port,
        idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
        handshakeTimeoutMs: options.handshakeTimeoutMs ?? 20_000,
      },
    );
    await server.listen();
    return createHandle(server, { namespace, store, committer });
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Retries forever: a full disk delays confirmations, but loses no message. */
const createCommitter = (store: BrokerStore, log: Log): BrokerCommitter =>
  new GroupCommitter({
    persist: (writes) => {
      const changes = writes.flat();
      if (changes.length > 0) store.commit(changes);
    },
    onFailure: (error) => {
      log(
        "error",
        `Messages cannot be written to disk. The write is retried every second: ${errorMessage(error)}`,
      );
      return "retry";
    },
  });

function createHandle(
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
  const { name, key } = accessKey;
  let stopped: Promise<void> | undefined;
  const stopOnce = async (): Promise<void> => {
    await server.close(closeGraceMs);
    for (const dispatcher of namespace.dispatchers) dispatcher.stop();
    if (!(await committer.stop()))
      throw new Error("Accepted messages could not be written to disk.");
    store.close();
  };
  const stop = (): Promise<void> => (stopped ??= stopOnce());
  return {
    port,
    connectionString: `Endpoint=sb://localhost:${port};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true`,
    openCounts: () => openCounts(server, namespace),
    dropConnections: () => {
      server.dropConnections();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function openCounts(
  server: AmqpServer,
  { dispatchers }: Namespace,
): OpenCounts {
  const sum = (count: (dispatcher: QueueDispatcher) => number): number =>
    dispatchers.reduce((total, dispatcher) => total + count(dispatcher), 0);
  return {
    connections: server.connectionCount,
    links: server.linkCount,
    receivers: sum(({ consumerCount }) => consumerCount),
    locks: sum(({ queue }) => queue.lockCount),
    waiting: sum(({ queue }) => queue.sessions?.waitingCount ?? 0),
  };
}

/** Messages of entities that are no longer configured are kept: the entity may be configured again. */
function warnAboutOrphanedMessages(
  { dispatchers }: Namespace,
  store: BrokerStore,
  log: Log,
): void {
  const known = new Set(
    dispatchers.map(({ queue }) => queue.path.toLowerCase()),
  );
  for (const [path, count] of store.counts())
    if (!known.has(path))
      log(
        "warning",
        `The entity '${path}' is no longer configured. Its ${count} messages are kept until it is configured again.`,
      );
}
