import { asText, at, listOf, propertiesOf } from "../reader/value";
import { resourcesOfType, type Repository } from "../repository";
import {
  deployAllOptions,
  prodResources,
  resourcesOfModule,
  type Row,
  problemUnless,
  mismatches,
} from "./row";

const dev = (repository: Repository, type: string) =>
  resourcesOfType(repository.deployment("dev"), type);
const alwaysReady =
  "properties.functionAppConfig.scaleAndConcurrency.alwaysReady";

export const cost: readonly Row[] = [
  {
    number: 46,
    requirement: "dev has no always-ready instance, production has one",
    problems: (repository) => [
      ...mismatches(
        dev(repository, "Microsoft.Web/serverfarms"),
        "sku.name",
        "FC1",
      ),
      ...mismatches(dev(repository, "Microsoft.Web/sites"), alwaysReady, []),
      ...mismatches(
        prodResources(repository, "Microsoft.Web/sites"),
        `${alwaysReady}.0.instanceCount`,
        1,
      ),
    ],
    violations: [
      {
        path: "bicep/prod.bicepparam",
        from: "param alwaysReadyInstances = 1",
        to: "param alwaysReadyInstances = 0",
      },
      {
        path: "bicep/dev.bicepparam",
        from: "param alwaysReadyInstances = 0",
        to: "param alwaysReadyInstances = 1",
      },
    ],
  },
  {
    number: 47,
    requirement:
      "the number of instances and of concurrent activities is limited",
    problems: (repository) => {
      const limited = repository.deployment("prod", {
        maximumInstanceCount: 7,
        activityConcurrency: 3,
      });
      return [
        ...mismatches(
          resourcesOfType(limited, "Microsoft.Web/sites"),
          "properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount",
          7,
        ),
        ...mismatches(
          resourcesOfType(limited, "Microsoft.Web/sites/config"),
          "properties.AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions",
          "3",
        ),
      ];
    },
    violations: [
      {
        path: "bicep/modules/function-app.bicep",
        from: "maximumInstanceCount: maximumInstanceCount",
        to: "maximumInstanceCount: 1000",
      },
      {
        path: "bicep/modules/function-app.bicep",
        from: "string(activityConcurrency)",
        to: "'200'",
      },
    ],
  },
  {
    number: 48,
    requirement: "payload blobs move to cooler tiers and are deleted",
    problems: (repository) => {
      const actions = "properties.policy.rules.0.definition.actions";
      return [
        ["baseBlob.tierToCool.daysAfterModificationGreaterThan", 30],
        ["baseBlob.tierToCold.daysAfterModificationGreaterThan", 90],
        ["baseBlob.delete.daysAfterModificationGreaterThan", 365],
        ["version.delete.daysAfterCreationGreaterThan", 30],
      ].flatMap(([path = "", days = 0]) =>
        mismatches(
          resourcesOfModule(
            prodResources(
              repository,
              "Microsoft.Storage/storageAccounts/managementPolicies",
            ),
            "dataStorage",
          ),
          `${actions}.${path}`,
          days,
        ),
      );
    },
    violations: [
      {
        path: "bicep/modules/storage.bicep",
        from: "tierToCold: {",
        to: "tierToArchive: {",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "              version: {",
        to: "              versions: {",
      },
    ],
  },
  {
    number: 49,
    requirement: "logs and ended orchestrations have a limited retention",
    problems: (repository) => {
      const workspace = "Microsoft.OperationalInsights/workspaces";
      return [
        ...mismatches(
          prodResources(repository, workspace),
          "properties.retentionInDays",
          (days) => Number(days) <= 90,
        ),
        ...mismatches(
          dev(repository, workspace),
          "properties.workspaceCapping.dailyQuotaGb",
          (quota) => Number(quota) > 0,
        ),
        // Azure Storage has no retention policy for a task hub, so the app purges it.
        ...mismatches(
          resourcesOfType(
            repository.deployment("prod", { hubRetentionDays: 7 }),
            "Microsoft.Web/sites/config",
          ).filter(({ name }) => name === "appsettings"),
          "properties.AOS_HUB_RETENTION_DAYS",
          "7",
        ),
        ...problemUnless(
          repository
            .text("src/orchestrations/purge.ts")
            .includes("hub.purgeInstanceHistoryBy("),
          "src/orchestrations/purge.ts does not purge the task hub",
        ),
        ...mismatches(
          resourcesOfType(
            deployAllOptions(repository),
            "Microsoft.DurableTask/schedulers/retentionPolicies",
          ),
          "properties.retentionPolicies.0.retentionPeriodInDays",
          30,
        ),
      ];
    },
    violations: [
      {
        path: "bicep/dev.bicepparam",
        from: "param logDailyQuotaGb = 1",
        to: "param logDailyQuotaGb = -1",
      },
      {
        path: "bicep/prod.bicepparam",
        from: "param logRetentionDays = 90",
        to: "param logRetentionDays = 730",
      },
      {
        path: "bicep/modules/durable-task-scheduler.bicep",
        from: "        retentionPeriodInDays: 30\n",
        to: "        retentionPeriodInDays: 3650\n",
      },
      {
        path: "bicep/modules/function-app.bicep",
        from: "string(hubRetentionDays)",
        to: "'30'",
      },
      {
        path: "src/orchestrations/purge.ts",
        from: "hub.purgeInstanceHistoryBy({",
        to: "hub.getStatusBy({",
      },
    ],
  },
  {
    number: 50,
    requirement:
      "spending triggers alerts at 50, 75 and 90 % and at a forecast of 100 %",
    problems: (repository) => {
      const thresholds = prodResources(
        repository,
        "Microsoft.Consumption/budgets",
      ).flatMap(({ body }) =>
        Object.values(propertiesOf(at(body, "properties.notifications"))).map(
          (notification) =>
            `${asText(at(notification, "threshold"))} ${asText(at(notification, "thresholdType"))} ${listOf(at(notification, "contactGroups")).length}`,
        ),
      );
      return ["50 Actual 1", "75 Actual 1", "90 Actual 1", "100 Forecasted 1"]
        .filter((threshold) => !thresholds.includes(threshold))
        .map((threshold) => `there is no notification at ${threshold}`);
    },
    violations: [
      {
        path: "bicep/modules/budget.bicep",
        from: "threshold: 75",
        to: "threshold: 85",
      },
      {
        path: "bicep/modules/budget.bicep",
        from: "thresholdType: 'Forecasted'",
        to: "thresholdType: 'Actual'",
      },
    ],
  },
];
