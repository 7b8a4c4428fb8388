import { asText, at } from "../reader/value";
import { resourcesOfType, type Repository } from "../repository";
import {
  sourceFiles,
  hostJson,
  prodResources,
  isBetween,
  type Row,
  parseSeconds,
  problemUnless,
  mismatches,
} from "./row";

const serviceBus = "bicep/modules/service-bus.bicep";
const queues = (repository: Repository) =>
  prodResources(repository, "Microsoft.ServiceBus/namespaces/queues");
const isPresent = (value: unknown): boolean =>
  typeof value === "string" && value !== "";

export const messaging: readonly Row[] = [
  {
    number: 3,
    requirement: "queues dead-letter expired messages",
    problems: (repository) =>
      mismatches(
        queues(repository),
        "properties.deadLetteringOnMessageExpiration",
        true,
      ),
    violations: [
      {
        path: serviceBus,
        from: "deadLetteringOnMessageExpiration: true",
        to: "deadLetteringOnMessageExpiration: false",
      },
    ],
  },
  {
    number: 4,
    requirement: "a message is delivered 3 to 10 times at most",
    problems: (repository) =>
      mismatches(
        // Rejected messages are not processed; they are kept until an operator replays them.
        queues(repository).filter(
          ({ name }) => name !== "agent-requests-deadletter",
        ),
        "properties.maxDeliveryCount",
        isBetween(3, 10),
      ),
    violations: [
      {
        path: serviceBus,
        from: "maxDeliveryCount: queue.maxDeliveryCount",
        to: "maxDeliveryCount: 500",
      },
    ],
  },
  {
    number: 5,
    requirement: "message locks last 5 minutes and are renewed",
    problems: (repository) => [
      ...mismatches(queues(repository), "properties.lockDuration", "PT5M"),
      ...problemUnless(
        parseSeconds(
          hostJson(
            repository,
            "extensions.serviceBus.maxAutoLockRenewalDuration",
          ),
        ) >= 300,
        "host.json: the lock is renewed for less than 5 minutes",
      ),
    ],
    violations: [
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
    requirement: "queues detect duplicates, and senders set message ids",
    problems: (repository) => [
      ...mismatches(
        queues(repository),
        "properties.requiresDuplicateDetection",
        true,
      ),
      ...mismatches(
        queues(repository),
        "properties.duplicateDetectionHistoryTimeWindow",
        "PT10M",
      ),
      ...sourceFiles(repository)
        .filter(([, text]) => text.includes(".sendMessages("))
        .filter(([, text]) => !text.includes("messageId"))
        .map(([path]) => `${path} sends messages without an id`),
    ],
    violations: [
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
        path: "src/app/register-aos.ts",
        from: "registerHttpRoutes({",
        to: "void sender.sendMessages({ body: 1 });\nregisterHttpRoutes({",
      },
    ],
  },
  {
    number: 7,
    requirement: "requests of one session are processed in order",
    problems: (repository) => [
      ...mismatches(
        queues(repository).filter(
          ({ name }) => name === "agent-session-requests",
        ),
        "properties.requiresSession",
        true,
      ),
      ...sourceFiles(repository)
        .filter(
          ([, text]) =>
            text.includes("serviceBusQueue(") &&
            /agent-session-requests|sessionRequestQueue/.test(text),
        )
        .filter(([, text]) => !text.includes("isSessionsEnabled: true"))
        .map(([path]) => `${path} does not enable sessions`),
    ],
    violations: [
      {
        path: serviceBus,
        from: "requiresSession: true",
        to: "requiresSession: false",
      },
      {
        path: "src/app/register-aos.ts",
        from: "registerHttpRoutes({",
        to: 'functions.serviceBusQueue("x", { queueName: "agent-session-requests" });\nregisterHttpRoutes({',
      },
    ],
  },
  {
    number: 8,
    requirement: "commands go to queues, events to a topic with filters",
    problems: (repository) => [
      ...mismatches(queues(repository), "properties.lockDuration", isPresent),
      ...mismatches(
        resourcesOfType(
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
    violations: [
      {
        path: serviceBus,
        from: "sqlExpression: subscription.filter",
        to: "sqlExpression: '1=1'",
      },
    ],
  },
  {
    number: 9,
    requirement: "a message is completed after its orchestration is started",
    problems: (repository) => [
      ...problemUnless(
        hostJson(repository, "extensions.serviceBus.autoCompleteMessages") ===
          true,
        "host.json: the host does not complete messages after the function returns",
      ),
      ...sourceFiles(repository)
        .filter(([, text]) => /(?<!await |return )\b\w+\.startNew\(/.test(text))
        .map(([path]) => `${path} does not await startNew`),
    ],
    violations: [
      {
        path: "src/app/register-aos.ts",
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
    requirement:
      "the app may receive from and send to every queue, to replay dead letters",
    problems: (repository) => {
      const roles = prodResources(
        repository,
        "Microsoft.Authorization/roleAssignments",
      );
      const hasRole = (queue: string | undefined, role: string) =>
        roles.some(
          ({ on, body }) =>
            on === queue &&
            asText(at(body, "properties.roleDefinitionId")).endsWith(role),
        );
      return queues(repository)
        .filter(
          ({ path }) =>
            !hasRole(path, "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0") ||
            !hasRole(path, "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"),
        )
        .map(({ path }) => `${path}: the app may not both receive and send`);
    },
    violations: [
      {
        path: serviceBus,
        from: "'Microsoft.Authorization/roleDefinitions', dataReceiver)",
        to: "'Microsoft.Authorization/roleDefinitions', dataSender)",
      },
    ],
  },
];
