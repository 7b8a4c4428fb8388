import type { Clock } from "../../shared/time/clock";
import { toFilteredMessage } from "../amqp/filtered-message";
import type { RuleFilter } from "../filters/filter";
import type { SentMessage } from "../queue/message";
import { BrokerQueue } from "../queue/queue";
import type {
  DeadLetterSink,
  QueueDependencies,
} from "../queue/queue-dependencies";
import { QueueDispatcher } from "../queue/queue-dispatcher";
import {
  type BrokerQueueSettings,
  createDeadLetterSettings,
} from "../queue/queue-settings";
import type { BrokerStore } from "../store/broker-store";
import type {
  ConfiguredQueue,
  ConfiguredRule,
  ConfiguredSubscription,
  ConfiguredTopic,
  NamespaceEntities,
} from "./entity-file";
import { Namespace } from "./namespace";
import {
  createDefaultRule,
  type SubscriptionRule,
  SubscriptionRules,
} from "./subscription-rules";
import { fanOut, type Subscription } from "./topic";

interface BuildContext {
  readonly namespace: Namespace;
  readonly store: BrokerStore;
  readonly clock: Clock;
  readonly dependencies: QueueDependencies;
}

/** Creates the entities and restores their state from the store. */
export function buildNamespace(
  { queues, topics }: NamespaceEntities,
  dependencies: Omit<BuildContext, "namespace">,
): Namespace {
  const context = { ...dependencies, namespace: new Namespace() };
  for (const queue of queues) addQueue(queue, context);
  for (const topic of topics) addTopic(topic, context);
  return context.namespace;
}

function addQueue(
  { Name, Properties }: ConfiguredQueue,
  context: BuildContext,
): void {
  const settings: BrokerQueueSettings = {
    ...toReceiveSettings(Properties),
    duplicateWindowMs: toDuplicateWindow(Properties),
  };
  const dispatcher = createQueueWithDeadLetters(Name, settings, context);
  context.namespace.add(Name, { kind: "queue", dispatcher });
}

function addTopic(
  { Name, Properties, Subscriptions }: ConfiguredTopic,
  context: BuildContext,
): void {
  const subscriptions = Subscriptions.map((subscription) =>
    addSubscription(
      Name,
      Properties.DefaultMessageTimeToLive,
      subscription,
      context,
    ),
  );
  const settings: BrokerQueueSettings = {
    ...{ lockMs: 0, maxDeliveryCount: Infinity, requiresSession: false },
    ...{ deadLetterOnExpiry: false, ttlMs: Infinity },
    duplicateWindowMs: toDuplicateWindow(Properties),
  };
  const inbox = restoreQueue(Name, settings, context, {
    forward: fanOut(subscriptions),
  });
  context.namespace.add(Name, { kind: "topic", topic: { inbox } });
}

function addSubscription(
  topic: string,
  topicTtlMs: number,
  { Name, Properties, Rules }: ConfiguredSubscription,
  context: BuildContext,
): Subscription {
  const { store, clock, dependencies } = context;
  const path = `${topic}/Subscriptions/${Name}`;
  const settings: BrokerQueueSettings = {
    ...toReceiveSettings(Properties),
    ttlMs: Math.min(Properties.DefaultMessageTimeToLive, topicTtlMs),
    // The topic detects duplicates.
    duplicateWindowMs: 0,
  };
  const dispatcher = createQueueWithDeadLetters(path, settings, context);
  const queue = dispatcher.queue.id;
  const now = clock.now();
  const configured = Rules?.map((rule) => toSubscriptionRule(rule, now)) ?? [
    createDefaultRule(now),
  ];
  const rules = new SubscriptionRules(
    { queue, path, configured },
    store.rules(queue),
    dependencies.journal,
    toFilteredMessage,
  );
  context.namespace.add(path, { kind: "subscription", dispatcher, rules });
  return { dispatcher, rules };
}

/** Also adds the transfer dead-letter queue, which stays empty because this broker does not forward messages. */
function createQueueWithDeadLetters(
  path: string,
  settings: BrokerQueueSettings,
  context: BuildContext,
): QueueDispatcher {
  const deadLetterSettings = createDeadLetterSettings(settings);
  const addDeadLetterQueue = (name: string): QueueDispatcher => {
    const subqueue = `${path}/${name}`;
    const dispatcher = restoreQueue(subqueue, deadLetterSettings, context, {});
    context.namespace.add(subqueue, { kind: "dead-letters", dispatcher });
    return dispatcher;
  };
  addDeadLetterQueue("$Transfer/$DeadLetterQueue");
  const { queue } = addDeadLetterQueue("$DeadLetterQueue");
  return restoreQueue(path, settings, context, { deadLetters: queue.messages });
}

function restoreQueue(
  path: string,
  settings: BrokerQueueSettings,
  { store, clock, dependencies }: BuildContext,
  {
    deadLetters,
    forward,
  }: {
    readonly deadLetters?: DeadLetterSink | undefined;
    readonly forward?: (message: SentMessage) => void;
  },
): QueueDispatcher {
  const { id, lastSequence } = store.queue(path.toLowerCase());
  const definition = { id, path, settings, deadLetters, lastSequence };
  const queue = new BrokerQueue(
    { ...definition, ...(forward && { forward }) },
    dependencies,
  );
  const dispatcher = new QueueDispatcher(queue, clock);
  queue.restore(
    store.messages(id),
    store.duplicates(id),
    store.sessionStates(id),
  );
  dispatcher.scheduleWakeUp();
  return dispatcher;
}

const toReceiveSettings = (
  properties: ConfiguredSubscription["Properties"],
): Omit<BrokerQueueSettings, "duplicateWindowMs"> => ({
  lockMs: properties.LockDuration,
  maxDeliveryCount: properties.MaxDeliveryCount,
  requiresSession: properties.RequiresSession,
  deadLetterOnExpiry: properties.DeadLetteringOnMessageExpiration,
  ttlMs: properties.DefaultMessageTimeToLive,
});

const toDuplicateWindow = (properties: {
  readonly RequiresDuplicateDetection: boolean;
  readonly DuplicateDetectionHistoryTimeWindow: number;
}): number =>
  properties.RequiresDuplicateDetection
    ? properties.DuplicateDetectionHistoryTimeWindow
    : 0;

const toSubscriptionRule = (
  { Name, Properties }: ConfiguredRule,
  createdAt: number,
): SubscriptionRule => ({
  name: Name,
  filter: toRuleFilter(Properties),
  createdAt,
});

function toRuleFilter(properties: ConfiguredRule["Properties"]): RuleFilter {
  const { FilterType, SqlFilter, CorrelationFilter } = properties;
  if (FilterType === "Sql")
    return { kind: "sql", expression: SqlFilter?.SqlExpression ?? "" };
  const { Properties: user = {}, ...fields } = CorrelationFilter ?? {};
  const system = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return { kind: "correlation", system: Object.fromEntries(system), user };
}
