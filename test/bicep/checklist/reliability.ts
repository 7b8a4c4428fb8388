import { asText, isList } from "../reader/value";
import type { Repository } from "../repository";
import {
  prodResources,
  resourcesOfModule,
  type Row,
  problemUnless,
  mismatches,
} from "./row";

const storage = "bicep/modules/storage.bicep";
const blobServices = (repository: Repository) =>
  prodResources(repository, "Microsoft.Storage/storageAccounts/blobServices");

export const reliability: readonly Row[] = [
  {
    number: 1,
    requirement: "compute is zone redundant in production",
    problems: (repository) =>
      mismatches(
        prodResources(repository, "Microsoft.Web/serverfarms"),
        "properties.zoneRedundant",
        true,
      ),
    violations: [
      {
        path: "bicep/modules/function-app.bicep",
        from: "    zoneRedundant: zoneRedundant\n",
        to: "    zoneRedundant: false\n",
      },
    ],
  },
  {
    number: 2,
    requirement: "storage is zone redundant in production",
    problems: (repository) =>
      mismatches(
        prodResources(repository, "Microsoft.Storage/storageAccounts"),
        "sku.name",
        "Standard_ZRS",
      ),
    violations: [
      {
        path: storage,
        from: "name: skuName",
        to: "name: 'Standard_LRS'",
      },
    ],
  },
  {
    number: 15,
    requirement: "deleted data can be recovered",
    problems: (repository) => {
      const data = resourcesOfModule(blobServices(repository), "dataStorage");
      return [
        ...mismatches(data, "properties.deleteRetentionPolicy.enabled", true),
        ...mismatches(
          data,
          "properties.containerDeleteRetentionPolicy.enabled",
          true,
        ),
      ];
    },
    violations: [
      {
        path: storage,
        from: "    deleteRetentionPolicy: {\n      enabled: recoverable",
        to: "    deleteRetentionPolicy: {\n      enabled: false",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "    containerDeleteRetentionPolicy: {\n      enabled: recoverable",
        to: "    containerDeleteRetentionPolicy: {\n      enabled: false",
      },
    ],
  },
  {
    number: 16,
    requirement:
      "blobs of the data account are versioned, blobs of the host account are not",
    problems: (repository) => [
      ...mismatches(
        resourcesOfModule(blobServices(repository), "dataStorage"),
        "properties.isVersioningEnabled",
        true,
      ),
      ...mismatches(
        resourcesOfModule(blobServices(repository), "hostStorage"),
        "properties.isVersioningEnabled",
        false,
      ),
    ],
    violations: [
      {
        path: storage,
        from: "isVersioningEnabled: recoverable",
        to: "isVersioningEnabled: true",
      },
      {
        path: "bicep/modules/storage.bicep",
        from: "isVersioningEnabled: recoverable",
        to: "isVersioningEnabled: false",
      },
    ],
  },
  {
    number: 17,
    requirement:
      "storage, Service Bus and key vault have delete locks in production",
    problems: (repository) => {
      const locks = prodResources(repository, "Microsoft.Authorization/locks");
      return [
        ...mismatches(locks, "properties.level", "CanNotDelete"),
        ...[
          "hostStorage.account",
          "dataStorage.account",
          "serviceBus.namespace",
          "keyVault.vault",
        ]
          .filter((path) => !locks.some(({ on }) => on === path))
          .map((path) => `${path} has no lock`),
      ];
    },
    violations: [
      {
        path: "bicep/modules/key-vault.bicep",
        from: "if (deleteLock)",
        to: "if (false)",
      },
      {
        path: "bicep/prod.bicepparam",
        from: "param deleteLocks = true",
        to: "param deleteLocks = false",
      },
    ],
  },
  {
    number: 18,
    requirement: "a new version replaces the old one instance by instance",
    problems: (repository) =>
      mismatches(
        prodResources(repository, "Microsoft.Web/sites"),
        "properties.functionAppConfig.siteUpdateStrategy.type",
        "RollingUpdate",
      ),
    violations: [
      {
        path: "bicep/modules/function-app.bicep",
        from: "'RollingUpdate'",
        to: "'Recreate'",
      },
    ],
  },
  {
    number: 19,
    requirement: "liveness needs no key and is tested from several locations",
    problems: (repository) => [
      ...problemUnless(
        /"health\/live"\),\s*authLevel: "anonymous"/.test(
          repository.text("src/http/register-http-routes.ts"),
        ),
        "src/http/register-http-routes.ts: health/live requires a key",
      ),
      ...mismatches(
        prodResources(repository, "Microsoft.Insights/webtests"),
        "properties.Request.RequestUrl",
        (url) => asText(url).endsWith("/api/health/live"),
      ),
      ...mismatches(
        prodResources(repository, "Microsoft.Insights/webtests"),
        "properties.Locations",
        (locations) => isList(locations) && locations.length >= 3,
      ),
    ],
    violations: [
      {
        path: "bicep/modules/alerts.bicep",
        from: "/api/health/live",
        to: "/api/health/ready",
      },
      {
        path: "src/http/register-http-routes.ts",
        from: '    ...get("health/live"),\n    authLevel: "anonymous",',
        to: '    ...get("health/live"),',
      },
    ],
  },
];
