/** Rules on which templates and code must agree, each with a change that violates it. */
import { settingNames } from "../../src/config/read-config";
import { storageNames } from "../../src/domain/storage-names";
import type { Change } from "./checklist/row";
import {
  extensionSettings,
  platformSettings,
  settingsRejectedOnFlex,
  omittedSettings,
} from "./platform-settings";
import {
  at,
  isProperties,
  listOf,
  type Properties,
  propertiesOf,
  type Value,
} from "./reader/value";
import { resourcesOfType, type Repository } from "./repository";

interface Rule {
  readonly problems: (repository: Repository) => readonly string[];
  readonly violation: Change;
}

const functionApp = "bicep/modules/function-app.bicep";
const main = "bicep/main.bicep";

export const appSettings = (
  repository: Repository,
  changes: Properties,
): Properties =>
  propertiesOf(
    resourcesOfType(
      repository.deployment("prod", changes),
      "Microsoft.Web/sites/config",
    ).find(({ name }) => name === "appsettings")?.body["properties"],
  );

/** Names of the settings of all deployment variants. */
const deployedSettings = (repository: Repository): readonly string[] => [
  ...new Set(
    [
      {},
      { model: "openai", modelBaseUrl: "https://models.example/v1" },
      { durableBackend: "DurableTaskScheduler" },
      { hostingPlan: "ElasticPremium" },
    ].flatMap((changes) => Object.keys(appSettings(repository, changes))),
  ),
];

export const deployedNames = (
  repository: Repository,
  type: string,
): readonly string[] =>
  resourcesOfType(repository.deployment("dev"), type)
    .map(({ name }) => name)
    .sort();

/** Distinct matches of the first group of `pattern` in deployed code. */
const inCode = (repository: Repository, pattern: RegExp): readonly string[] =>
  [
    ...new Set(
      repository.paths
        .filter((path) => path.endsWith(".ts"))
        .flatMap((path) =>
          [...repository.text(path).matchAll(pattern)].map(
            ([, found = ""]) => found,
          ),
        ),
    ),
  ].sort();

/** Entries that only one of the two lists has. */
const difference = (
  ours: readonly string[],
  theirs: readonly string[],
  them: string,
): readonly string[] => [
  ...ours
    .filter((name) => !theirs.includes(name))
    .map((name) => `${name} is not in ${them}`),
  ...theirs
    .filter((name) => !ours.includes(name))
    .map((name) => `${name} is only in ${them}`),
];

const entityNames = (repository: Repository): readonly string[] => [
  ...deployedNames(repository, "Microsoft.ServiceBus/namespaces/queues"),
  ...deployedNames(repository, "Microsoft.ServiceBus/namespaces/topics"),
];

export const agreementRules: Readonly<Record<string, Rule>> = {
  "settings that the code reads are deployed, or omitted for a stated reason": {
    problems: (repository) =>
      settingNames.filter(
        (name) =>
          !deployedSettings(repository).includes(name) &&
          !(name in omittedSettings),
      ),
    violation: {
      path: functionApp,
      from: "  AOS_REPORTS_FOLDER: '/tmp/aos/reports'\n",
      to: "",
    },
  },
  "settings that are deployed are read by the code, the platform or an extension":
    {
      problems: (repository) =>
        deployedSettings(repository).filter(
          (name) =>
            !settingNames.includes(name) &&
            !(name in platformSettings) &&
            !(name in extensionSettings),
        ),
      violation: {
        path: functionApp,
        from: "  AZURE_CLIENT_ID: identityClientId\n",
        to: "  AZURE_CLIENT_ID: identityClientId\n  APP_ENVIRONMENT: 'production'\n",
      },
    },
  "settings that are omitted for a stated reason are not deployed": {
    problems: (repository) =>
      Object.keys(omittedSettings).filter((name) =>
        deployedSettings(repository).includes(name),
      ),
    violation: {
      path: functionApp,
      from: "  AZURE_CLIENT_ID: identityClientId\n",
      to: "  AZURE_CLIENT_ID: identityClientId\n  AZURE_OPENAI_API_KEY: 'key'\n",
    },
  },
  "settings that the platform reads are deployed": {
    problems: (repository) =>
      Object.keys(platformSettings).filter(
        (name) => !deployedSettings(repository).includes(name),
      ),
    violation: {
      path: functionApp,
      from: "  OTEL_TRACES_SAMPLER: 'microsoft.rate_limited'\n",
      to: "",
    },
  },
  "values of settings are strings": {
    problems: (repository) =>
      Object.entries(appSettings(repository, {}))
        .filter(([, value]) => typeof value !== "string")
        .map(([name]) => name),
    violation: {
      path: functionApp,
      from: "string(modelTimeoutSeconds)",
      to: "modelTimeoutSeconds",
    },
  },
  "no setting is rejected by Flex Consumption": {
    problems: (repository) =>
      Object.keys(appSettings(repository, {})).filter((name) =>
        settingsRejectedOnFlex.includes(name),
      ),
    violation: {
      path: functionApp,
      from: "var planSettings = isFlex ? {} : {",
      to: "var planSettings = false ? {} : {",
    },
  },
  "no setting contains a key": {
    problems: (repository) =>
      Object.entries(appSettings(repository, {}))
        .filter(([, value]) =>
          /AccountKey=|SharedAccessKey/.test(JSON.stringify(value)),
        )
        .map(([name]) => name),
    violation: {
      path: functionApp,
      from: "'ClientId=${identityClientId}",
      to: "'AccountKey=1;ClientId=${identityClientId}",
    },
  },
  "connections of triggers have identity settings": {
    problems: (repository) =>
      inCode(repository, /\bconnection(?:: | = )"(\w+)"/g).filter(
        (name) =>
          !deployedSettings(repository).some((setting) =>
            setting.startsWith(`${name}__`),
          ),
      ),
    violation: {
      path: "src/app/register-aos.ts",
      from: "registerHttpRoutes({",
      to: 'const orders = { connection: "ORDERS" };\nregisterHttpRoutes({',
    },
  },
  "settings that override host.json override an existing value": {
    problems: (repository) =>
      deployedSettings(repository)
        .filter((name) => name.startsWith("AzureFunctionsJobHost__"))
        .map((name) => name.split("__").slice(1, -1).join("."))
        .filter(
          (path) =>
            !isProperties(at(repository.json("host.json") as Value, path)),
        ),
    violation: {
      path: "host.json",
      from: '"durableTask": {',
      to: '"durableTasks": {',
    },
  },
  "the deployed tables are the tables that the code opens": {
    problems: (repository) =>
      difference(
        deployedNames(
          repository,
          "Microsoft.Storage/storageAccounts/tableServices/tables",
        ),
        Object.values(storageNames.tables),
        "the code",
      ),
    violation: { path: main, from: "'AosEvents'", to: "'AosHistory'" },
  },
  "the deployed containers are those that the code opens and the package container":
    {
      problems: (repository) =>
        difference(
          deployedNames(
            repository,
            "Microsoft.Storage/storageAccounts/blobServices/containers",
          ),
          [...Object.values(storageNames.containers), "packages"],
          "the code",
        ),
      violation: { path: main, from: "'aos-payloads'", to: "'aos-values'" },
    },
  "lifecycle rules apply to containers that the code opens": {
    problems: (repository) => {
      const containers = Object.values(storageNames.containers).map(
        (name) => `${name}/`,
      );
      return resourcesOfType(
        repository.deployment("dev"),
        "Microsoft.Storage/storageAccounts/managementPolicies",
      )
        .flatMap(({ body }) =>
          listOf(
            at(
              body,
              "properties.policy.rules.0.definition.filters.prefixMatch",
            ),
          ),
        )
        .map(String)
        .filter((prefix) => !containers.some((name) => name === prefix));
    },
    violation: { path: main, from: "'aos-payloads/'", to: "'artifacts/'" },
  },
  "queues and topics that the code names are deployed": {
    problems: (repository) =>
      inCode(
        repository,
        /["'`](agent-(?:requests|responses|events|session-requests)[a-z-]*)["'`]/g,
      ).filter((name) => !entityNames(repository).includes(name)),
    violation: {
      path: "src/app/register-aos.ts",
      from: "registerHttpRoutes({",
      to: 'const queueName = "agent-requests-urgent";\nregisterHttpRoutes({',
    },
  },
};
