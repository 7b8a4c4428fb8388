import { asText, at, propertiesOf } from "../reader/value";
import {
  deployAllOptions,
  hostJson,
  prodResources,
  type Row,
  problemUnless,
  mismatches,
} from "./row";

const alerts = "bicep/modules/alerts.bicep";

/** Child resources, and resource types without tags. */
const untaggable =
  /^Microsoft\.(Authorization\/|Insights\/diagnosticSettings|Consumption\/budgets|[A-Za-z]+\/[A-Za-z]+\/)/;
const tagNames = [
  "azd-env-name",
  "workload",
  "environment",
  "costCenter",
  "managedBy",
];

const nameRules: Readonly<Record<string, RegExp>> = {
  "Microsoft.Storage/storageAccounts": /^[a-z0-9]{3,24}$/,
  "Microsoft.KeyVault/vaults": /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/,
  "Microsoft.ServiceBus/namespaces":
    /^[a-z](?!.*-(sb|mgmt)$)[a-z0-9-]{4,48}[a-z0-9]$/,
  // The host derives its id, which keeps two apps apart, from the first 32 characters.
  "Microsoft.Web/sites": /^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/,
  "Microsoft.Resources/resourceGroups": /^[\w.()-]{1,89}[\w()-]$/,
  "Microsoft.Storage/storageAccounts/tableServices/tables":
    /^[A-Za-z][A-Za-z0-9]{2,62}$/,
};

export const operations: readonly Row[] = [
  {
    number: 39,
    requirement: "Application Insights keeps its data in the workspace",
    problems: (repository) =>
      mismatches(
        prodResources(repository, "Microsoft.Insights/components"),
        "properties.WorkspaceResourceId",
        "«monitoring.workspace»",
      ),
    violations: [
      {
        path: "bicep/modules/monitoring.bicep",
        from: "    WorkspaceResourceId: workspace.id\n",
        to: "",
      },
    ],
  },
  {
    number: 40,
    requirement:
      "the host logs functions and orchestrations at Information, everything else at Warning",
    problems: (repository) =>
      Object.entries({
        default: "Warning",
        Function: "Information",
        "Host.Results": "Information",
        "Host.Aggregator": "Information",
        "Host.Triggers.DurableTask": "Information",
      })
        .filter(
          ([category, level]) =>
            propertiesOf(hostJson(repository, "logging.logLevel"))[category] !==
            level,
        )
        .map(([category, level]) => `host.json: ${category} is not ${level}`),
    violations: [
      {
        path: "host.json",
        from: '"default": "Warning"',
        to: '"default": "Debug"',
      },
    ],
  },
  {
    number: 41,
    requirement: "there are at least 5 alerts, and they have a recipient",
    problems: (repository) => {
      const metric = prodResources(
        repository,
        "Microsoft.Insights/metricAlerts",
      );
      const log = prodResources(
        repository,
        "Microsoft.Insights/scheduledQueryRules",
      );
      return [
        ...problemUnless(
          metric.length + log.length >= 5,
          "there are fewer than 5 alerts",
        ),
        ...mismatches(
          prodResources(repository, "Microsoft.Insights/actionGroups"),
          "properties.emailReceivers.0.emailAddress",
          (address) => typeof address === "string" && address !== "",
        ),
        ...mismatches(
          metric,
          "properties.actions.0.actionGroupId",
          "«monitoring.actionGroup»",
        ),
        ...mismatches(
          log,
          "properties.actions.actionGroups.0",
          "«monitoring.actionGroup»",
        ),
      ];
    },
    violations: [
      {
        path: alerts,
        from: "      actionGroups: [\n        actionGroupId\n      ]",
        to: "      actionGroups: []",
      },
      {
        path: "bicep/modules/monitoring.bicep",
        from: "    emailReceivers: [for email in alertEmails: {",
        to: "    emailReceivers: [for email in []: {",
      },
    ],
  },
  {
    number: 42,
    requirement: "the workbook is deployed with its queries",
    problems: (repository) =>
      mismatches(
        prodResources(repository, "Microsoft.Insights/workbooks"),
        "properties.serializedData",
        (data) => asText(data).includes("KqlItem"),
      ),
    violations: [
      {
        path: alerts,
        from: "replace(string(loadJsonContent('workbook.json')), '<component>', appInsightsId)",
        to: "'{}'",
      },
    ],
  },
  {
    number: 43,
    requirement: "every resource that can have tags has them",
    problems: (repository) => {
      const taggable = deployAllOptions(repository).resources.filter(
        ({ type }) => !untaggable.test(type),
      );
      return tagNames.flatMap((name) =>
        mismatches(taggable, "tags", (tags) => name in propertiesOf(tags)),
      );
    },
    violations: [
      {
        path: "bicep/modules/private-endpoints.bicep",
        from: "  tags: tags\n",
        to: "",
      },
    ],
  },
  {
    number: 44,
    requirement: "templates are linted, and deployments are previewed",
    problems: (repository) => [
      ...problemUnless(
        at(
          repository.json("bicep/bicepconfig.json") as never,
          "analyzers.core.enabled",
        ) === true,
        "bicep/bicepconfig.json: the linter is off",
      ),
      ...problemUnless(
        repository.text(".github/workflows/ci.yml").includes("az bicep lint"),
        "ci.yml does not lint",
      ),
      ...problemUnless(
        repository
          .text(".github/workflows/deploy.yml")
          .includes("az deployment sub what-if"),
        "deploy.yml does not preview changes",
      ),
    ],
    violations: [
      {
        path: "bicep/bicepconfig.json",
        from: '"enabled": true',
        to: '"enabled": false',
      },
      {
        path: ".github/workflows/deploy.yml",
        from: "az deployment sub what-if",
        to: "az deployment sub validate",
      },
      {
        path: ".github/workflows/ci.yml",
        from: "az bicep lint",
        to: "az bicep version",
      },
    ],
  },
  {
    number: 45,
    requirement: "resource names obey the rules of their services",
    problems: (repository) => {
      const long = repository.deployment("prod", {
        environmentName: "a".repeat(32),
      }).resources;
      return Object.entries(nameRules).flatMap(([type, rule]) =>
        long
          .filter((found) => found.type === type)
          .filter(({ name }) => !rule.test(name))
          .map(({ path, name }) => `${path} has the invalid name ${name}`),
      );
    },
    violations: [
      {
        path: "bicep/main.bicep",
        from: "'staosdata${token}'",
        to: "'StAosData${token}'",
      },
      {
        path: "bicep/main.bicep",
        from: "'kv-aos-${token}'",
        to: "'kv_aos_${token}'",
      },
    ],
  },
];
