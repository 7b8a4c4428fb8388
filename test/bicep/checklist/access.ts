import { isList } from "../reader/value";
import { ofType, type Repository } from "../repository";
import { assignableRoles } from "./roles";
import {
  accounts,
  bicepFiles,
  code,
  inProd,
  namespaces,
  type Row,
  sites,
  unless,
  unlike,
} from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const storage = "bicep/modules/storage.bicep";
const roleOf = (definition: unknown): string =>
  typeof definition === "string" ? (definition.split("/").at(-1) ?? "") : "";
/** The deployment with optional Entra ID authentication. */
const withEntra = (repository: Repository) =>
  repository.deployment("prod", { entraClientId: "api" });

const containing = (
  repository: Repository,
  pattern: RegExp,
  what: string,
): readonly string[] =>
  bicepFiles(repository)
    .filter(([, text]) => pattern.test(text))
    .map(([path]) => `${path} has ${what}`);

export const access: readonly Row[] = [
  {
    number: 20,
    requirement: "the app has an identity and no keys",
    problems: (repository) => [
      ...unlike(sites(repository), "identity.type", "UserAssigned"),
      ...containing(
        repository,
        /\blistKeys\(|AccountKey=|SharedAccessKey/,
        "keys",
      ),
    ],
    breaking: [
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
    requirement: "keys of storage are off",
    problems: (repository) => [
      ...unlike(accounts(repository), "properties.allowSharedKeyAccess", false),
      ...unlike(
        accounts(repository),
        "properties.defaultToOAuthAuthentication",
        true,
      ),
    ],
    breaking: [
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
    requirement: "keys of Service Bus are off",
    problems: (repository) => [
      ...unlike(namespaces(repository), "properties.disableLocalAuth", true),
      ...containing(
        repository,
        /authorizationRules@/i,
        "an authorization rule",
      ),
    ],
    breaking: [
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
      "keys of Application Insights are off, and the app may publish",
    problems: (repository) => [
      ...unlike(
        inProd(repository, "Microsoft.Insights/components"),
        "properties.DisableLocalAuth",
        true,
      ),
      ...unlike(
        inProd(repository, "Microsoft.Authorization/roleAssignments").filter(
          ({ on }) => on === "monitoring.appInsights",
        ),
        "properties.roleDefinitionId",
        (id) => roleOf(id) === "3913510d-42f4-4e42-8a64-420c390055eb",
      ),
    ],
    breaking: [
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
    requirement: "roles are few, narrow, and on one resource each",
    problems: (repository) => {
      const assignments = [
        ...inProd(repository, "Microsoft.Authorization/roleAssignments"),
        ...ofType(
          repository.deployment("dev", {
            durableBackend: "DurableTaskScheduler",
            operatorPrincipalId: "operator",
          }),
          "Microsoft.Authorization/roleAssignments",
        ),
      ];
      return [
        ...unlike(assignments, "properties.roleDefinitionId", (id) =>
          assignableRoles.has(roleOf(id)),
        ),
        ...assignments
          .filter(({ on }) => on === undefined)
          .map(({ path }) => `${path} is for a whole resource group`),
      ];
    },
    breaking: [
      {
        path: "bicep/modules/service-bus.bicep",
        from: "var dataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'",
        to: "var dataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'\nresource all 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  scope: namespace\n  name: guid('all')\n  properties: {\n    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '090c5cfd-751d-490a-894a-3ce6f1109419')\n    principalId: principalId\n    principalType: 'ServicePrincipal'\n  }\n}",
      },
    ],
  },
  {
    number: 27,
    requirement: "FTP and publishing by password are off",
    problems: (repository) => {
      const policies = inProd(
        repository,
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
      );
      return [
        ...unlike(
          sites(repository),
          "properties.siteConfig.ftpsState",
          "Disabled",
        ),
        ...unlike(policies, "properties.allow", false),
        ...unless(policies.length === 2, "a way to publish has no policy"),
      ];
    },
    breaking: [
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
    requirement: "browsers of named origins only may call",
    problems: (repository) => [
      ...unlike(
        sites(repository),
        "properties.siteConfig.cors.allowedOrigins",
        (origins) => isList(origins) && !origins.includes("*"),
      ),
      ...unlike(
        sites(repository),
        "properties.siteConfig.cors.supportCredentials",
        false,
      ),
    ],
    breaking: [
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
    requirement: "callers show who they are, except for liveness",
    problems: (repository) => [
      ...unlike(
        ofType(withEntra(repository), "Microsoft.Web/sites/config").filter(
          ({ name }) => name === "authsettingsV2",
        ),
        "properties.globalValidation.requireAuthentication",
        true,
      ),
      ...code(repository).flatMap(([path, text]) => {
        const open = text.match(/authLevel: "anonymous"/g)?.length ?? 0;
        const live = text.match(/"health\/live"/g)?.length ?? 0;
        return unless(open <= live, `${path} has routes without a key`);
      }),
    ],
    breaking: [
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
