import { asText, at, listOf } from "../reader/value";
import {
  accounts,
  hostJson,
  inProd,
  namespaces,
  type Row,
  sites,
  unless,
  unlike,
  vaults,
} from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const storage = "bicep/modules/storage.bicep";
const keyVault = "bicep/modules/key-vault.bicep";

export const protection: readonly Row[] = [
  {
    number: 25,
    requirement: "nothing answers without TLS",
    problems: (repository) => [
      ...unlike(sites(repository), "properties.httpsOnly", true),
      ...unlike(
        accounts(repository),
        "properties.supportsHttpsTrafficOnly",
        true,
      ),
    ],
    breaking: [
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
      ...unlike(
        sites(repository),
        "properties.siteConfig.minTlsVersion",
        "1.2",
      ),
      ...unlike(
        sites(repository),
        "properties.siteConfig.scmMinTlsVersion",
        "1.2",
      ),
      ...unlike(accounts(repository), "properties.minimumTlsVersion", "TLS1_2"),
      ...unlike(namespaces(repository), "properties.minimumTlsVersion", "1.2"),
    ],
    breaking: [
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
    requirement: "production talks to its services privately",
    problems: (repository) => {
      const endpoints = inProd(
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
        ...unlike(
          sites(repository),
          "properties.virtualNetworkSubnetId",
          (id) => asText(id).endsWith("/subnets/app"),
        ),
        ...["blob", "queue", "table", "namespace", "vault"]
          .filter((group) => !groups.includes(group))
          .map((group) => `there is no private endpoint for ${group}`),
        ...[accounts, namespaces, vaults].flatMap((resources) =>
          unlike(
            resources(repository),
            "properties.publicNetworkAccess",
            "Disabled",
          ),
        ),
      ];
    },
    breaking: [
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
      unlike(
        [...accounts(repository), ...vaults(repository)],
        "properties.networkAcls.defaultAction",
        "Deny",
      ),
    breaking: [
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
    requirement: "no blob is public",
    problems: (repository) => [
      ...unlike(
        accounts(repository),
        "properties.allowBlobPublicAccess",
        false,
      ),
      ...unlike(
        inProd(
          repository,
          "Microsoft.Storage/storageAccounts/blobServices/containers",
        ),
        "properties.publicAccess",
        "None",
      ),
    ],
    breaking: [
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
    requirement: "storage is encrypted twice",
    problems: (repository) =>
      unlike(
        accounts(repository),
        "properties.encryption.requireInfrastructureEncryption",
        true,
      ),
    breaking: [
      {
        path: storage,
        from: "requireInfrastructureEncryption: true",
        to: "requireInfrastructureEncryption: false",
      },
    ],
  },
  {
    number: 37,
    requirement: "inputs and outputs are not in traces",
    problems: (repository) =>
      unless(
        hostJson(
          repository,
          "extensions.durableTask.tracing.traceInputsAndOutputs",
        ) === false,
        "host.json: traces hold inputs and outputs",
      ),
    breaking: [
      {
        path: "host.json",
        from: '"traceInputsAndOutputs": false',
        to: '"traceInputsAndOutputs": true',
      },
    ],
  },
  {
    number: 38,
    requirement: "who did what is logged",
    problems: (repository) => {
      const settings = inProd(
        repository,
        "Microsoft.Insights/diagnosticSettings",
      );
      return [
        ...unlike(settings, "properties.logs", (logs) =>
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
    breaking: [
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
