import { asText, at, listOf, propertiesOf } from "../reader/value";
import { ofType, type Repository } from "../repository";
import { everything, inProd, partOf, type Row, unless, unlike } from "./row";

const dev = (repository: Repository, type: string) =>
  ofType(repository.deployment("dev"), type);
const alwaysReady =
  "properties.functionAppConfig.scaleAndConcurrency.alwaysReady";

export const cost: readonly Row[] = [
  {
    number: 46,
    requirement: "idle costs nothing in dev, and starts are warm in production",
    problems: (repository) => [
      ...unlike(
        dev(repository, "Microsoft.Web/serverfarms"),
        "sku.name",
        "FC1",
      ),
      ...unlike(dev(repository, "Microsoft.Web/sites"), alwaysReady, []),
      ...unlike(
        inProd(repository, "Microsoft.Web/sites"),
        `${alwaysReady}.0.instanceCount`,
        1,
      ),
    ],
    breaking: [
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
    requirement: "scale and concurrent model calls have a ceiling",
    problems: (repository) => {
      const limited = repository.deployment("prod", {
        maximumInstanceCount: 7,
        activityConcurrency: 3,
      });
      return [
        ...unlike(
          ofType(limited, "Microsoft.Web/sites"),
          "properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount",
          7,
        ),
        ...unlike(
          ofType(limited, "Microsoft.Web/sites/config"),
          "properties.AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions",
          "3",
        ),
      ];
    },
    breaking: [
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
    requirement: "data grows cold and is deleted in the end",
    problems: (repository) => {
      const actions = "properties.policy.rules.0.definition.actions";
      return [
        ["baseBlob.tierToCool.daysAfterModificationGreaterThan", 30],
        ["baseBlob.tierToCold.daysAfterModificationGreaterThan", 90],
        ["baseBlob.delete.daysAfterModificationGreaterThan", 365],
        ["version.delete.daysAfterCreationGreaterThan", 30],
      ].flatMap(([path = "", days = 0]) =>
        unlike(
          partOf(
            inProd(
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
    breaking: [
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
    requirement: "logs and histories are kept for a time only",
    problems: (repository) => {
      const workspace = "Microsoft.OperationalInsights/workspaces";
      return [
        ...unlike(
          inProd(repository, workspace),
          "properties.retentionInDays",
          (days) => Number(days) <= 90,
        ),
        ...unlike(
          dev(repository, workspace),
          "properties.workspaceCapping.dailyQuotaGb",
          (quota) => Number(quota) > 0,
        ),
        // The other backend has no policy: the app purges it.
        ...unlike(
          ofType(
            repository.deployment("prod", { hubRetentionDays: 7 }),
            "Microsoft.Web/sites/config",
          ).filter(({ name }) => name === "appsettings"),
          "properties.AOS_HUB_RETENTION_DAYS",
          "7",
        ),
        ...unless(
          repository
            .text("src/orchestrations/purge.ts")
            .includes("hub.purgeInstanceHistoryBy("),
          "src/orchestrations/purge.ts does not purge the task hub",
        ),
        ...unlike(
          ofType(
            everything(repository),
            "Microsoft.DurableTask/schedulers/retentionPolicies",
          ),
          "properties.retentionPolicies.0.retentionPeriodInDays",
          30,
        ),
      ];
    },
    breaking: [
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
    requirement: "spending triggers alerts early",
    problems: (repository) => {
      const thresholds = inProd(
        repository,
        "Microsoft.Consumption/budgets",
      ).flatMap(({ body }) =>
        Object.values(propertiesOf(at(body, "properties.notifications"))).map(
          (notification) =>
            `${asText(at(notification, "threshold"))} ${asText(at(notification, "thresholdType"))} ${listOf(at(notification, "contactGroups")).length}`,
        ),
      );
      return ["50 Actual 1", "75 Actual 1", "90 Actual 1", "100 Forecasted 1"]
        .filter((wanted) => !thresholds.includes(wanted))
        .map((wanted) => `there is no notification at ${wanted}`);
    },
    breaking: [
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
