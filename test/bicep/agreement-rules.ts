/** Where templates and code must agree, each rule with a change that ends the agreement. */
import { settingNames } from "../../src/config/read-config";
import type { Change } from "./checklist/row";
import {
  comingSettings,
  platformSettings,
  refusedOnFlex,
  settingsLeftOut,
} from "./platform-settings";
import {
  at,
  isProperties,
  listOf,
  type Properties,
  propertiesOf,
  type Value,
} from "./reader/value";
import { ofType, type World } from "./world";

interface Rule {
  readonly problems: (world: World) => readonly string[];
  readonly breaking: Change;
}

const functionApp = "bicep/modules/function-app.bicep";
const main = "bicep/main.bicep";

export const appSettings = (world: World, changes: Properties): Properties =>
  propertiesOf(
    ofType(
      world.deployment("prod", changes),
      "Microsoft.Web/sites/config",
    ).find(({ name }) => name === "appsettings")?.body["properties"],
  );

/** Every setting that some deployment has. */
const deployedSettings = (world: World): readonly string[] => [
  ...new Set(
    [
      {},
      { model: "openai", modelBaseUrl: "https://models.example/v1" },
      { durableBackend: "DurableTaskScheduler" },
      { hostingPlan: "ElasticPremium" },
    ].flatMap((changes) => Object.keys(appSettings(world, changes))),
  ),
];

export const deployedNames = (world: World, type: string): readonly string[] =>
  ofType(world.deployment("dev"), type)
    .map(({ name }) => name)
    .sort();

/** What the first group of the pattern matches in deployed code, each once. */
const inCode = (world: World, pattern: RegExp): readonly string[] =>
  [
    ...new Set(
      world.paths
        .filter((path) => path.endsWith(".ts"))
        .flatMap((path) =>
          [...world.text(path).matchAll(pattern)].map(
            ([, found = ""]) => found,
          ),
        ),
    ),
  ].sort();

/** What only one of the two lists has. */
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

const entityNames = (world: World): readonly string[] => [
  ...deployedNames(world, "Microsoft.ServiceBus/namespaces/queues"),
  ...deployedNames(world, "Microsoft.ServiceBus/namespaces/topics"),
];

export const agreementRules: Readonly<Record<string, Rule>> = {
  "settings that the code reads are deployed, or left out for a reason": {
    problems: (world) =>
      settingNames.filter(
        (name) =>
          !deployedSettings(world).includes(name) && !(name in settingsLeftOut),
      ),
    breaking: {
      path: functionApp,
      from: "  AOS_REPORTS_FOLDER: '/tmp/aos/reports'\n",
      to: "",
    },
  },
  "settings that are deployed are read by the code, or by somebody who is named":
    {
      problems: (world) =>
        deployedSettings(world).filter(
          (name) =>
            !settingNames.includes(name) &&
            !(name in platformSettings) &&
            !(name in comingSettings),
        ),
      breaking: {
        path: functionApp,
        from: "  AZURE_CLIENT_ID: identityClientId\n",
        to: "  AZURE_CLIENT_ID: identityClientId\n  APP_ENVIRONMENT: 'production'\n",
      },
    },
  "settings that are left out for a reason are left out": {
    problems: (world) =>
      Object.keys(settingsLeftOut).filter((name) =>
        deployedSettings(world).includes(name),
      ),
    breaking: {
      path: functionApp,
      from: "  AZURE_CLIENT_ID: identityClientId\n",
      to: "  AZURE_CLIENT_ID: identityClientId\n  AZURE_OPENAI_API_KEY: 'key'\n",
    },
  },
  "settings that are said to be the platform's are deployed": {
    problems: (world) =>
      Object.keys(platformSettings).filter(
        (name) => !deployedSettings(world).includes(name),
      ),
    breaking: {
      path: functionApp,
      from: "  OTEL_TRACES_SAMPLER: 'microsoft.rate_limited'\n",
      to: "",
    },
  },
  "settings are text": {
    problems: (world) =>
      Object.entries(appSettings(world, {}))
        .filter(([, value]) => typeof value !== "string")
        .map(([name]) => name),
    breaking: {
      path: functionApp,
      from: "string(modelTimeoutSeconds)",
      to: "modelTimeoutSeconds",
    },
  },
  "settings are none that Flex Consumption refuses": {
    problems: (world) =>
      Object.keys(appSettings(world, {})).filter((name) =>
        refusedOnFlex.includes(name),
      ),
    breaking: {
      path: functionApp,
      from: "var planSettings = isFlex ? {} : {",
      to: "var planSettings = false ? {} : {",
    },
  },
  "settings hold no key": {
    problems: (world) =>
      Object.entries(appSettings(world, {}))
        .filter(([, value]) =>
          /AccountKey=|SharedAccessKey/.test(JSON.stringify(value)),
        )
        .map(([name]) => name),
    breaking: {
      path: functionApp,
      from: "'ClientId=${identityClientId}",
      to: "'AccountKey=1;ClientId=${identityClientId}",
    },
  },
  "connections that triggers name have the settings of an identity": {
    problems: (world) =>
      inCode(world, /\bconnection(?:: | = )"(\w+)"/g).filter(
        (name) =>
          !deployedSettings(world).some((setting) =>
            setting.startsWith(`${name}__`),
          ),
      ),
    breaking: {
      path: "src/main.ts",
      from: "registerHttpRoutes({",
      to: 'const orders = { connection: "ORDERS" };\nregisterHttpRoutes({',
    },
  },
  "settings that take the place of host.json have one to take": {
    problems: (world) =>
      deployedSettings(world)
        .filter((name) => name.startsWith("AzureFunctionsJobHost__"))
        .map((name) => name.split("__").slice(1, -1).join("."))
        .filter(
          (path) => !isProperties(at(world.json("host.json") as Value, path)),
        ),
    breaking: {
      path: "host.json",
      from: '"durableTask": {',
      to: '"durableTasks": {',
    },
  },
  "tables are those that the code opens": {
    problems: (world) =>
      difference(
        deployedNames(
          world,
          "Microsoft.Storage/storageAccounts/tableServices/tables",
        ),
        inCode(world, /openTable\(\s*options,\s*"(\w+)"/g),
        "the code",
      ),
    breaking: { path: main, from: "'AosHistory'", to: "'AosHistories'" },
  },
  "containers are those that the code opens, and the one of packages": {
    problems: (world) =>
      difference(
        deployedNames(
          world,
          "Microsoft.Storage/storageAccounts/blobServices/containers",
        ),
        [
          ...inCode(world, /openContainer\(\s*options,\s*"([\w-]+)"/g),
          "packages",
        ],
        "the code",
      ),
    breaking: {
      path: "src/history/storage.ts",
      from: '"aos-payloads"',
      to: '"aos-values"',
    },
  },
  "what grows cold are containers of the code": {
    problems: (world) => {
      const containers = inCode(
        world,
        /openContainer\(\s*options,\s*"([\w-]+)"/g,
      ).map((name) => `${name}/`);
      return ofType(
        world.deployment("dev"),
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
        .filter((prefix) => !containers.includes(prefix));
    },
    breaking: { path: main, from: "'aos-payloads/'", to: "'artifacts/'" },
  },
  "queues and topics that the code names are deployed": {
    problems: (world) =>
      inCode(
        world,
        /["'`](agent-(?:requests|responses|events|session-requests)[a-z-]*)["'`]/g,
      ).filter((name) => !entityNames(world).includes(name)),
    breaking: {
      path: "src/main.ts",
      from: "registerHttpRoutes({",
      to: 'const queueName = "agent-requests-urgent";\nregisterHttpRoutes({',
    },
  },
};
