import { toFilteredMessage } from "../amqp/filtered-message";
import type { Clock } from "../../shared/time/clock";
import type {
  ConfiguredQueue,
  ConfiguredRule,
  ConfiguredSubscription,
  ConfiguredTopic,
  NamespaceEntities,
} from "./entity-file";
import type { RuleFilter } from "../filters/filter";
import { QueueDispatcher } from "../queue/queue-dispatcher";
import { Namespace } from "./namespace";
import type { SentMessage } from "../queue/message";
import type {
  DeadLetterSink,
  QueueDependencies,
} from "../queue/queue-dependencies";
import { BrokerQueue } from "../queue/queue";
import {
  createDeadLetterSettings,
  type BrokerQueueSettings,
} from "../queue/queue-settings";
import type { BrokerStore } from "../store/broker-store";
import {
  createDefaultRule,
  type SubscriptionRule,
  SubscriptionRules,
} from "./subscription-rules";
import { fanOut, type Subscription } from "./topic";

interface Parts {
  readonly namespace: Namespace;
  readonly store: BrokerStore;
  readonly clock: Clock;
  readonly ports: QueueDependencies;
}

/** Makes the entities, with all that the store has of them. */
export function buildNamespace(
  { queues, topics }: NamespaceEntities,
  parts: Omit<Parts, "namespace">,
): Namespace {
  const all = { ...parts, namespace: new Namespace() };
  for (const queue of queues) addQueue(queue, all);
  for (const topic of topics) addTopic(topic, all);
  return all.namespace;
}

function addQueue({ Name, Properties }: ConfiguredQueue, parts: Parts): void {
  const settings: BrokerQueueSettings = {
    ...receiving(Properties),
    duplicateWindowMs: duplicateWindow(Properties),
  };
  const queue = receivingQueue(Name, settings, parts);
  parts.namespace.add(Name, { kind: "queue", queue });
}

function addTopic(
  { Name, Properties, Subscriptions }: ConfiguredTopic,
  parts: Parts,
): void {
  const subscriptions = Subscriptions.map((subscription) =>
    addSubscription(
      Name,
      Properties.DefaultMessageTimeToLive,
      subscription,
      parts,
    ),
  );
  const settings: BrokerQueueSettings = {
    ...{ lockMs: 0, maxDeliveryCount: Infinity, requiresSession: false },
    ...{ deadLetterOnExpiry: false, ttlMs: Infinity },
    duplicateWindowMs: duplicateWindow(Properties),
  };
  const inbox = restored(Name, settings, parts, {
    forward: fanOut(subscriptions),
  });
  parts.namespace.add(Name, { kind: "topic", topic: { inbox } });
}

function addSubscription(
  topic: string,
  topicTtlMs: number,
  { Name, Properties, Rules }: ConfiguredSubscription,
  parts: Parts,
): Subscription {
  const { store, clock, ports } = parts;
  const path = `${topic}/Subscriptions/${Name}`;
  const settings: BrokerQueueSettings = {
    ...receiving(Properties),
    ttlMs: Math.min(Properties.DefaultMessageTimeToLive, topicTtlMs),
    // A topic has detected them already.
    duplicateWindowMs: 0,
  };
  const queue = receivingQueue(path, settings, parts);
  const now = clock.now();
  const configured = Rules?.map((rule) => toRule(rule, now));
  const rules = new SubscriptionRules(
    {
      queue: queue.rules.id,
      path,
      configured: configured ?? [createDefaultRule(now)],
    },
    store.rules(queue.rules.id),
    ports.journal,
    toFilteredMessage,
  );
  const subscription = { queue, rules };
  parts.namespace.add(path, { kind: "subscription", queue, subscription });
  return subscription;
}

/** A queue with its dead letters; what would be forwarded and cannot has a place too, which stays empty. */
function receivingQueue(
  path: string,
  settings: BrokerQueueSettings,
  parts: Parts,
): QueueDispatcher {
  const side = createDeadLetterSettings(settings);
  const beside = (name: string): QueueDispatcher => {
    const queue = restored(`${path}/${name}`, side, parts, {});
    parts.namespace.add(`${path}/${name}`, { kind: "dead-letters", queue });
    return queue;
  };
  beside("$Transfer/$DeadLetterQueue");
  const dead = beside("$DeadLetterQueue");
  return restored(path, settings, parts, { deadLetters: dead.rules.messages });
}

function restored(
  path: string,
  settings: BrokerQueueSettings,
  { store, clock, ports }: Parts,
  {
    deadLetters,
    forward,
  }: {
    readonly deadLetters?: DeadLetterSink | undefined;
    readonly forward?: (arrival: SentMessage) => void;
  },
): QueueDispatcher {
  const { id, lastSequence } = store.queue(path.toLowerCase());
  const identity = { id, path, settings, deadLetters, lastSequence };
  const queue = new BrokerQueue(
    { ...identity, ...(forward && { forward }) },
    ports,
  );
  const live = new QueueDispatcher(queue, clock);
  queue.restore(
    store.messages(id),
    store.duplicates(id),
    store.sessionStates(id),
  );
  live.arm();
  return live;
}

const receiving = (
  properties: ConfiguredSubscription["Properties"],
): Omit<BrokerQueueSettings, "duplicateWindowMs"> => ({
  lockMs: properties.LockDuration,
  maxDeliveryCount: properties.MaxDeliveryCount,
  requiresSession: properties.RequiresSession,
  deadLetterOnExpiry: properties.DeadLetteringOnMessageExpiration,
  ttlMs: properties.DefaultMessageTimeToLive,
});

const duplicateWindow = (properties: {
  readonly RequiresDuplicateDetection: boolean;
  readonly DuplicateDetectionHistoryTimeWindow: number;
}): number =>
  properties.RequiresDuplicateDetection
    ? properties.DuplicateDetectionHistoryTimeWindow
    : 0;

function toRule(
  { Name, Properties }: ConfiguredRule,
  createdAt: number,
): SubscriptionRule {
  return { name: Name, filter: toFilter(Properties), createdAt };
}

function toFilter(properties: ConfiguredRule["Properties"]): RuleFilter {
  const { FilterType, SqlFilter, CorrelationFilter } = properties;
  if (FilterType === "Sql")
    return { kind: "sql", expression: SqlFilter?.SqlExpression ?? "" };
  const { Properties: user = {}, ...fields } = CorrelationFilter ?? {};
  const system = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return { kind: "correlation", system: Object.fromEntries(system), user };
}
