import { readFileSync } from "node:fs";
import { settingNames } from "../../src/config/read-config";
import { agreementRules, appSettings, deployedNames } from "./agreement-rules";
import { localProblems } from "./local-entities";
import { omittedSettings } from "./platform-settings";
import { propertiesOf } from "./reader/value";
import {
  withReplacement,
  resourcesOfType,
  openRepository,
  withFile,
  type Repository,
} from "./repository";

let repository: Repository;
beforeAll(async () => {
  repository = await openRepository();
});

describe("templates and code agree", () => {
  test.each(Object.entries(agreementRules))("%s", (_, { problems }) => {
    expect(problems(repository)).toEqual([]);
  });
});

describe("templates that do not agree with the code", () => {
  test.each(Object.entries(agreementRules))(
    "fail the rule: %s",
    (_, { problems, violation: { path, from, to } }) => {
      expect(problems(withReplacement(repository, path, from, to))).not.toEqual(
        [],
      );
    },
  );
});

test("the connection to Service Bus has credential, clientId and fullyQualifiedNamespace", () => {
  const settings = appSettings(repository, {});
  const prefix = "AZURE_SERVICEBUS_CONNECTION_STRING__";
  expect(settings[`${prefix}credential`]).toBe("managedidentity");
  expect(settings[`${prefix}clientId`]).toBe(settings["AZURE_CLIENT_ID"]);
  expect(settings[`${prefix}fullyQualifiedNamespace`]).toContain("serviceBus");
});

describe("the durable backend", () => {
  test("is the storage of the host by default", () => {
    const names = Object.keys(appSettings(repository, {})).join();
    expect(names).not.toMatch(/storageProvider|SCHEDULER/);
  });

  test("is a scheduler when the settings select it, with the same task hub name", () => {
    const changes = {
      durableBackend: "DurableTaskScheduler",
      taskHubName: "Another",
    };
    const prefix = "AzureFunctionsJobHost__extensions__durableTask__";
    expect(appSettings(repository, changes)).toMatchObject({
      [`${prefix}storageProvider__type`]: "azureManaged",
      [`${prefix}storageProvider__connectionStringName`]:
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
      [`${prefix}hubName`]: "Another",
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING:
        "Endpoint=«scheduler.scheduler.properties.endpoint»;Authentication=ManagedIdentity;ClientID=«identity.identity.properties.clientId»",
    });
    expect(
      resourcesOfType(
        repository.deployment("prod", changes),
        "Microsoft.DurableTask/schedulers/taskHubs",
      ).map(({ name }) => name),
    ).toEqual(["Another"]);
  });
});

describe("Service Bus", () => {
  test("has the documented queues and topic", () => {
    expect(
      deployedNames(repository, "Microsoft.ServiceBus/namespaces/queues"),
    ).toEqual([
      "agent-requests",
      "agent-requests-deadletter",
      "agent-responses",
      "agent-session-requests",
    ]);
    expect(
      deployedNames(repository, "Microsoft.ServiceBus/namespaces/topics"),
    ).toEqual(["agent-events"]);
  });

  test.each(["agent-requests", "agent-session-requests"])(
    "has the documented settings of the queue %s",
    (name) => {
      const queue = resourcesOfType(
        repository.deployment("dev"),
        "Microsoft.ServiceBus/namespaces/queues",
      ).find((found) => found.name === name);
      expect(propertiesOf(queue?.body["properties"])).toMatchObject({
        lockDuration: "PT5M",
        maxDeliveryCount: 5,
        requiresDuplicateDetection: true,
        duplicateDetectionHistoryTimeWindow: "PT10M",
        deadLetteringOnMessageExpiration: true,
        requiresSession: name === "agent-session-requests",
      });
    },
  );
});

describe("service-bus.json", () => {
  const queue = (name: string, properties: object = {}) => ({
    Name: name,
    Properties: {
      LockDuration: "PT5M",
      MaxDeliveryCount: 5,
      DefaultMessageTimeToLive: "PT1H",
      ForwardTo: "",
      ...properties,
    },
  });
  const configured = (changes: object = {}) =>
    JSON.stringify({
      UserConfig: {
        Namespaces: [
          {
            Queues: [
              queue("agent-requests", changes),
              queue("agent-session-requests", { RequiresSession: true }),
              queue("agent-responses"),
              queue("agent-requests-deadletter", { MaxDeliveryCount: 2000 }),
            ],
            Topics: [{ Name: "agent-events", Subscriptions: [queue("all")] }],
          },
        ],
      },
    });
  const problemsOf = (config: string) =>
    localProblems(withFile(repository, "service-bus.json", config));

  test("agrees with the templates", () => {
    expect(localProblems(repository)).toEqual([]);
  });

  test("may omit settings and have a shorter time to live", () => {
    expect(problemsOf(configured())).toEqual([]);
  });

  test("reports a setting that differs", () => {
    expect(problemsOf(configured({ MaxDeliveryCount: 10 }))).toEqual([
      "agent-requests: maxDeliveryCount is 10 locally and 5 in Azure",
    ]);
  });

  test("reports entities that only one of them has", () => {
    const renamed = configured().replace("agent-responses", "answers");
    expect(problemsOf(renamed)).toEqual([
      "answers is not in Azure",
      "agent-responses is only in Azure",
    ]);
  });
});

test("local.settings.json.example contains only settings that the app or the host reads", () => {
  const { Values: values } = JSON.parse(
    readFileSync("local.settings.json.example", "utf8"),
  ) as { readonly Values: Readonly<Record<string, string>> };
  const known = [
    ...settingNames,
    "FUNCTIONS_WORKER_RUNTIME",
    ...Object.keys(omittedSettings),
  ];
  expect(Object.keys(values).filter((name) => !known.includes(name))).toEqual(
    [],
  );
});
