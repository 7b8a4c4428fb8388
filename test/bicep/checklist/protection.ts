import { asText, at, listOf } from "../reader/value";
import {
  accounts,
  hostJson,
  prodResources,
  namespaces,
  type Row,
  sites,
  problemUnless,
  mismatches,
  vaults,
} from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const storage = "bicep/modules/storage.bicep";
const keyVault = "bicep/modules/key-vault.bicep";

export const protection: readonly Row[] = [
  {
    number: 25,
    requirement: "the app and storage accept only HTTPS",
    problems: (repository) => [
      ...mismatches(sites(repository), "properties.httpsOnly", true),
      ...mismatches(
        accounts(repository),
        "properties.supportsHttpsTrafficOnly",
        true,
      ),
    ],
    violations: [
      {
        path: functionApp,
        from: "httpsOnly: true",
        to: "httpsOnly: false",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "supportsHttpsTrafficOnly: true",
        to: "supportsHttpsTrafficOnly: false",
      },
    ],
  },
  {
    number: 26,
    requirement: "TLS is 1.2 or later everywhere",
    problems: (repository) => [
      ...mismatches(
        sites(repository),
        "properties.siteConfig.minTlsVersion",
        "1.2",
      ),
      ...mismatches(
        sites(repository),
        "properties.siteConfig.scmMinTlsVersion",
        "1.2",
      ),
      ...mismatches(
        accounts(repository),
        "properties.minimumTlsVersion",
        "TLS1_2",
      ),
      ...mismatches(
        namespaces(repository),
        "properties.minimumTlsVersion",
        "1.2",
      ),
    ],
    violations: [
      {
        path: functionApp,
        from: "scmMinTlsVersion: '1.2'",
        to: "scmMinTlsVersion: '1.0'",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "minimumTlsVersion: 'TLS1_2'",
        to: "minimumTlsVersion: 'TLS1_0'",
      },
      {
        path: "bicep/modules/service-bus.bicep",
        from: "minimumTlsVersion: '1.2'",
        to: "minimumTlsVersion: '1.0'",
      },
      {
        path: "bicep/modules/function-app.bicep",
        from: " minTlsVersion: '1.2'",
        to: " minTlsVersion: '1.1'",
      },
    ],
  },
  {
    number: 30,
    requirement: "production reaches its services through private endpoints",
    problems: (repository) => {
      const endpoints = prodResources(
        repository,
        "Microsoft.Network/privateEndpoints",
      );
      const groups = endpoints.map(({ body }) =>
        at(
          body,
          "properties.privateLinkServiceConnections.0.properties.groupIds.0",
        ),
      );
      return [
        ...mismatches(
          sites(repository),
          "properties.virtualNetworkSubnetId",
          (id) => asText(id).endsWith("/subnets/app"),
        ),
        ...["blob", "queue", "table", "namespace", "vault"]
          .filter((group) => !groups.includes(group))
          .map((group) => `there is no private endpoint for ${group}`),
        ...[accounts, namespaces, vaults].flatMap((resources) =>
          mismatches(
            resources(repository),
            "properties.publicNetworkAccess",
            "Disabled",
          ),
        ),
      ];
    },
    violations: [
      {
        path: functionApp,
        from: "empty(appSubnetId) ? null : appSubnetId",
        to: "null",
      },
      {
        path: "bicep/modules/key-vault.bicep",
        from: "publicNetworkAccess: networkIsolation ? 'Disabled' : 'Enabled'",
        to: "publicNetworkAccess: 'Enabled'",
      },
      {
        path: "bicep/main.bicep",
        from: "    groupId: 'queue'\n",
        to: "    groupId: 'file'\n",
      },
    ],
  },
  {
    number: 31,
    requirement: "firewalls deny by default in production",
    problems: (repository) =>
      mismatches(
        [...accounts(repository), ...vaults(repository)],
        "properties.networkAcls.defaultAction",
        "Deny",
      ),
    violations: [
      {
        path: keyVault,
        from: "networkIsolation ? 'Deny' : 'Allow'",
        to: "'Allow'",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "defaultAction: networkIsolation ? 'Deny' : 'Allow'",
        to: "defaultAction: 'Allow'",
      },
    ],
  },
  {
    number: 32,
    requirement: "public access to blobs is disabled",
    problems: (repository) => [
      ...mismatches(
        accounts(repository),
        "properties.allowBlobPublicAccess",
        false,
      ),
      ...mismatches(
        prodResources(
          repository,
          "Microsoft.Storage/storageAccounts/blobServices/containers",
        ),
        "properties.publicAccess",
        "None",
      ),
    ],
    violations: [
      {
        path: storage,
        from: "publicAccess: 'None'",
        to: "publicAccess: 'Blob'",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "allowBlobPublicAccess: false",
        to: "allowBlobPublicAccess: true",
      },
    ],
  },
  {
    number: 36,
    requirement: "storage has infrastructure encryption",
    problems: (repository) =>
      mismatches(
        accounts(repository),
        "properties.encryption.requireInfrastructureEncryption",
        true,
      ),
    violations: [
      {
        path: storage,
        from: "requireInfrastructureEncryption: true",
        to: "requireInfrastructureEncryption: false",
      },
    ],
  },
  {
    number: 37,
    requirement: "traces contain no inputs and outputs",
    problems: (repository) =>
      problemUnless(
        hostJson(
          repository,
          "extensions.durableTask.tracing.traceInputsAndOutputs",
        ) === false,
        "host.json: traces contain inputs and outputs",
      ),
    violations: [
      {
        path: "host.json",
        from: '"traceInputsAndOutputs": false',
        to: '"traceInputsAndOutputs": true',
      },
    ],
  },
  {
    number: 38,
    requirement: "audit logs are enabled",
    problems: (repository) => {
      const settings = prodResources(
        repository,
        "Microsoft.Insights/diagnosticSettings",
      );
      return [
        ...mismatches(settings, "properties.logs", (logs) =>
          listOf(logs).some((log) => at(log, "enabled") === true),
        ),
        ...[
          "keyVault.vault",
          "serviceBus.namespace",
          "functionApp.site",
          "openAi.account",
          ...["hostStorage", "dataStorage"].flatMap((module) => [
            `${module}.blobService`,
            `${module}.queueService`,
            `${module}.tableService`,
          ]),
        ]
          .filter((path) => !settings.some(({ on }) => on === path))
          .map((path) => `${path} has no diagnostic setting`),
      ];
    },
    violations: [
      {
        path: keyVault,
        from: "categoryGroup: 'audit'\n        enabled: true",
        to: "categoryGroup: 'audit'\n        enabled: false",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "  scope: tableService\n  name: 'audit'",
        to: "  scope: queueService\n  name: 'audit'",
      },
    ],
  },
];
