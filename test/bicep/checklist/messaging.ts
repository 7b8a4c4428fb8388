import { asText, at } from "../reader/value";
import { ofType, type Repository } from "../repository";
import {
  code,
  hostJson,
  inProd,
  isBetween,
  type Row,
  seconds,
  unless,
  unlike,
} from "./row";

const serviceBus = "bicep/modules/service-bus.bicep";
const queues = (repository: Repository) =>
  inProd(repository, "Microsoft.ServiceBus/namespaces/queues");
const isPresent = (value: unknown): boolean =>
  typeof value === "string" && value !== "";

export const messaging: readonly Row[] = [
  {
    number: 3,
    requirement: "a queue dead-letters what expires",
    problems: (repository) =>
      unlike(
        queues(repository),
        "properties.deadLetteringOnMessageExpiration",
        true,
      ),
    breaking: [
      {
        path: serviceBus,
        from: "deadLetteringOnMessageExpiration: true",
        to: "deadLetteringOnMessageExpiration: false",
      },
    ],
  },
  {
    number: 4,
    requirement: "a message is delivered a bounded number of times",
    problems: (repository) =>
      unlike(
        // Rejected messages are not processed; they are kept until an operator replays them.
        queues(repository).filter(
          ({ name }) => name !== "agent-requests-deadletter",
        ),
        "properties.maxDeliveryCount",
        isBetween(3, 10),
      ),
    breaking: [
      {
        path: serviceBus,
        from: "maxDeliveryCount: queue.maxDeliveryCount",
        to: "maxDeliveryCount: 500",
      },
    ],
  },
  {
    number: 5,
    requirement: "a lock is long enough, and renewed",
    problems: (repository) => [
      ...unlike(queues(repository), "properties.lockDuration", "PT5M"),
      ...unless(
        seconds(
          hostJson(
            repository,
            "extensions.serviceBus.maxAutoLockRenewalDuration",
          ),
        ) >= 300,
        "host.json: the lock is renewed for less than five minutes",
      ),
    ],
    breaking: [
      {
        path: "host.json",
        from: '"maxAutoLockRenewalDuration": "00:05:00"',
        to: '"maxAutoLockRenewalDuration": "00:00:30"',
      },
      {
        path: "bicep/modules/service-bus.bicep",
        from: "lockDuration: 'PT5M'\n    maxDeliveryCount: queue",
        to: "lockDuration: 'PT30S'\n    maxDeliveryCount: queue",
      },
    ],
  },
  {
    number: 6,
    requirement: "queues detect duplicates, and senders give ids",
    problems: (repository) => [
      ...unlike(
        queues(repository),
        "properties.requiresDuplicateDetection",
        true,
      ),
      ...unlike(
        queues(repository),
        "properties.duplicateDetectionHistoryTimeWindow",
        "PT10M",
      ),
      ...code(repository)
        .filter(([, text]) => text.includes(".sendMessages("))
        .filter(([, text]) => !text.includes("messageId"))
        .map(([path]) => `${path} sends messages without an id`),
    ],
    breaking: [
      {
        path: serviceBus,
        from: "duplicateDetectionHistoryTimeWindow: 'PT10M'\n    requiresSession",
        to: "duplicateDetectionHistoryTimeWindow: 'PT20S'\n    requiresSession",
      },
      {
        path: "bicep/modules/service-bus.bicep",
        from: "requiresDuplicateDetection: true\n    duplicateDetectionHistoryTimeWindow: 'PT10M'\n    requiresSession",
        to: "requiresDuplicateDetection: false\n    duplicateDetectionHistoryTimeWindow: 'PT10M'\n    requiresSession",
      },
      {
        path: "src/main.ts",
        from: "registerHttpRoutes({",
        to: "void sender.sendMessages({ body: 1 });\nregisterHttpRoutes({",
      },
    ],
  },
  {
    number: 7,
    requirement: "requests of one session are processed in order",
    problems: (repository) => [
      ...unlike(
        queues(repository).filter(
          ({ name }) => name === "agent-session-requests",
        ),
        "properties.requiresSession",
        true,
      ),
      ...code(repository)
        .filter(
          ([, text]) =>
            text.includes("serviceBusQueue(") &&
            /agent-session-requests|sessionRequestQueue/.test(text),
        )
        .filter(([, text]) => !text.includes("isSessionsEnabled: true"))
        .map(([path]) => `${path} does not ask for sessions`),
    ],
    breaking: [
      {
        path: serviceBus,
        from: "requiresSession: true",
        to: "requiresSession: false",
      },
      {
        path: "src/main.ts",
        from: "registerHttpRoutes({",
        to: 'functions.serviceBusQueue("x", { queueName: "agent-session-requests" });\nregisterHttpRoutes({',
      },
    ],
  },
  {
    number: 8,
    requirement: "commands go to queues, events to a topic with filters",
    problems: (repository) => [
      ...unlike(queues(repository), "properties.lockDuration", isPresent),
      ...unlike(
        ofType(
          repository.deployment("prod", {
            eventSubscriptions: [
              { name: "failures", filter: "status = 'failed'" },
            ],
          }),
          "Microsoft.ServiceBus/namespaces/topics/subscriptions/rules",
        ),
        "properties.sqlFilter.sqlExpression",
        "status = 'failed'",
      ),
    ],
    breaking: [
      {
        path: serviceBus,
        from: "sqlExpression: subscription.filter",
        to: "sqlExpression: '1=1'",
      },
    ],
  },
  {
    number: 9,
    requirement: "a message is completed after the work is handed over",
    problems: (repository) => [
      ...unless(
        hostJson(repository, "extensions.serviceBus.autoCompleteMessages") ===
          true,
        "host.json: the host does not complete what a function has returned from",
      ),
      ...code(repository)
        .filter(([, text]) => /(?<!await |return )\b\w+\.startNew\(/.test(text))
        .map(([path]) => `${path} does not wait for startNew`),
    ],
    breaking: [
      {
        path: "src/main.ts",
        from: "registerHttpRoutes({",
        to: 'void hub.startNew("agentWorkflow");\nregisterHttpRoutes({',
      },
      {
        path: "host.json",
        from: '"autoCompleteMessages": true',
        to: '"autoCompleteMessages": false',
      },
    ],
  },
  {
    number: 10,
    requirement: "dead letters of every queue can be read and sent again",
    problems: (repository) => {
      const roles = inProd(
        repository,
        "Microsoft.Authorization/roleAssignments",
      );
      const may = (queue: string | undefined, role: string) =>
        roles.some(
          ({ on, body }) =>
            on === queue &&
            asText(at(body, "properties.roleDefinitionId")).endsWith(role),
        );
      return queues(repository)
        .filter(
          ({ path }) =>
            !may(path, "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0") ||
            !may(path, "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"),
        )
        .map(({ path }) => `${path}: the app may not both receive and send`);
    },
    breaking: [
      {
        path: serviceBus,
        from: "'Microsoft.Authorization/roleDefinitions', dataReceiver)",
        to: "'Microsoft.Authorization/roleDefinitions', dataSender)",
      },
    ],
  },
];
