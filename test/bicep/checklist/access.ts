import { isList } from "../reader/value";
import { resourcesOfType, type Repository } from "../repository";
import { assignableRoles } from "./roles";
import {
  accounts,
  bicepFiles,
  sourceFiles,
  prodResources,
  namespaces,
  type Row,
  sites,
  problemUnless,
  mismatches,
} from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const storage = "bicep/modules/storage.bicep";
const roleOf = (definition: unknown): string =>
  typeof definition === "string" ? (definition.split("/").at(-1) ?? "") : "";
/** The deployment with optional Entra ID authentication. */
const deployWithEntra = (repository: Repository) =>
  repository.deployment("prod", { entraClientId: "api" });

const containing = (
  repository: Repository,
  pattern: RegExp,
  problem: string,
): readonly string[] =>
  bicepFiles(repository)
    .filter(([, text]) => pattern.test(text))
    .map(([path]) => `${path} has ${problem}`);

export const access: readonly Row[] = [
  {
    number: 20,
    requirement:
      "the app uses a managed identity, and templates contain no keys",
    problems: (repository) => [
      ...mismatches(sites(repository), "identity.type", "UserAssigned"),
      ...containing(
        repository,
        /\blistKeys\(|AccountKey=|SharedAccessKey/,
        "keys",
      ),
    ],
    violations: [
      {
        path: functionApp,
        from: "    type: 'UserAssigned'\n",
        to: "    type: 'None'\n",
      },
      {
        path: "bicep/modules/cosmos.bicep",
        from: "string = account.properties.documentEndpoint",
        to: "string = account.properties.documentEndpoint // listKeys()",
      },
    ],
  },
  {
    number: 21,
    requirement: "shared keys of storage are disabled",
    problems: (repository) => [
      ...mismatches(
        accounts(repository),
        "properties.allowSharedKeyAccess",
        false,
      ),
      ...mismatches(
        accounts(repository),
        "properties.defaultToOAuthAuthentication",
        true,
      ),
    ],
    violations: [
      {
        path: storage,
        from: "allowSharedKeyAccess: false",
        to: "allowSharedKeyAccess: true",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "defaultToOAuthAuthentication: true",
        to: "defaultToOAuthAuthentication: false",
      },
    ],
  },
  {
    number: 22,
    requirement: "shared keys of Service Bus are disabled",
    problems: (repository) => [
      ...mismatches(
        namespaces(repository),
        "properties.disableLocalAuth",
        true,
      ),
      ...containing(
        repository,
        /authorizationRules@/i,
        "an authorization rule",
      ),
    ],
    violations: [
      {
        path: "bicep/modules/service-bus.bicep",
        from: "disableLocalAuth: true",
        to: "disableLocalAuth: false",
      },
      {
        path: "bicep/modules/service-bus.bicep",
        from: "resource events '",
        to: "resource rule 'Microsoft.ServiceBus/namespaces/authorizationRules@2024-01-01' = {\n  parent: namespace\n  name: 'all'\n}\n\nresource events '",
      },
    ],
  },
  {
    number: 23,
    requirement:
      "keys of Application Insights are disabled, and the app may publish telemetry",
    problems: (repository) => [
      ...mismatches(
        prodResources(repository, "Microsoft.Insights/components"),
        "properties.DisableLocalAuth",
        true,
      ),
      ...mismatches(
        prodResources(
          repository,
          "Microsoft.Authorization/roleAssignments",
        ).filter(({ on }) => on === "monitoring.appInsights"),
        "properties.roleDefinitionId",
        (id) => roleOf(id) === "3913510d-42f4-4e42-8a64-420c390055eb",
      ),
    ],
    violations: [
      {
        path: "bicep/modules/monitoring.bicep",
        from: "DisableLocalAuth: true",
        to: "DisableLocalAuth: false",
      },
      {
        path: "bicep/modules/monitoring.bicep",
        from: "  scope: appInsights\n",
        to: "  scope: workspace\n",
      },
    ],
  },
  {
    number: 24,
    requirement:
      "roles are on the list of assignable roles, each for one resource",
    problems: (repository) => {
      const assignments = [
        ...prodResources(repository, "Microsoft.Authorization/roleAssignments"),
        ...resourcesOfType(
          repository.deployment("dev", {
            durableBackend: "DurableTaskScheduler",
            operatorPrincipalId: "operator",
          }),
          "Microsoft.Authorization/roleAssignments",
        ),
      ];
      return [
        ...mismatches(assignments, "properties.roleDefinitionId", (id) =>
          assignableRoles.has(roleOf(id)),
        ),
        ...assignments
          .filter(({ on }) => on === undefined)
          .map(({ path }) => `${path} applies to a whole resource group`),
      ];
    },
    violations: [
      {
        path: "bicep/modules/service-bus.bicep",
        from: "var dataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'",
        to: "var dataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'\nresource all 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  scope: namespace\n  name: guid('all')\n  properties: {\n    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '090c5cfd-751d-490a-894a-3ce6f1109419')\n    principalId: principalId\n    principalType: 'ServicePrincipal'\n  }\n}",
      },
    ],
  },
  {
    number: 27,
    requirement: "FTP and publishing with a password are disabled",
    problems: (repository) => {
      const policies = prodResources(
        repository,
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
      );
      return [
        ...mismatches(
          sites(repository),
          "properties.siteConfig.ftpsState",
          "Disabled",
        ),
        ...mismatches(policies, "properties.allow", false),
        ...problemUnless(
          policies.length === 2,
          "there are not 2 publishing policies",
        ),
      ];
    },
    violations: [
      {
        path: functionApp,
        from: "ftpsState: 'Disabled'",
        to: "ftpsState: 'AllAllowed'",
      },
      {
        path: "bicep/modules/function-app.bicep",
        from: "  name: 'ftp'\n  properties: {\n    allow: false",
        to: "  name: 'ftp'\n  properties: {\n    allow: true",
      },
    ],
  },
  {
    number: 28,
    requirement: "CORS allows named origins only",
    problems: (repository) => [
      ...mismatches(
        sites(repository),
        "properties.siteConfig.cors.allowedOrigins",
        (origins) => isList(origins) && !origins.includes("*"),
      ),
      ...mismatches(
        sites(repository),
        "properties.siteConfig.cors.supportCredentials",
        false,
      ),
    ],
    violations: [
      {
        path: functionApp,
        from: "allowedOrigins: allowedOrigins",
        to: "allowedOrigins: ['*']",
      },
      {
        path: "bicep/modules/function-app.bicep",
        from: "supportCredentials: false",
        to: "supportCredentials: true",
      },
    ],
  },
  {
    number: 29,
    requirement: "every route except health/live requires authentication",
    problems: (repository) => [
      ...mismatches(
        resourcesOfType(
          deployWithEntra(repository),
          "Microsoft.Web/sites/config",
        ).filter(({ name }) => name === "authsettingsV2"),
        "properties.globalValidation.requireAuthentication",
        true,
      ),
      ...sourceFiles(repository).flatMap(([path, text]) => {
        const open = text.match(/authLevel: "anonymous"/g)?.length ?? 0;
        const live = text.match(/"health\/live"/g)?.length ?? 0;
        return problemUnless(open <= live, `${path} has routes without a key`);
      }),
    ],
    violations: [
      {
        path: "src/http/register-http-routes.ts",
        from: '  authLevel: "function",\n  route,',
        to: '  authLevel: "anonymous",\n  route,',
      },
      {
        path: "bicep/modules/function-app.bicep",
        from: "requireAuthentication: true",
        to: "requireAuthentication: false",
      },
    ],
  },
];
