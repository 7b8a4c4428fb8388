import { asText, isList } from "../reader/value";
import type { Repository } from "../repository";
import { inProd, partOf, type Row, unless, unlike } from "./row";

const storage = "bicep/modules/storage.bicep";
const blobServices = (repository: Repository) =>
  inProd(repository, "Microsoft.Storage/storageAccounts/blobServices");

export const reliability: readonly Row[] = [
  {
    number: 1,
    requirement: "compute is redundant over zones in production",
    problems: (repository) =>
      unlike(
        inProd(repository, "Microsoft.Web/serverfarms"),
        "properties.zoneRedundant",
        true,
      ),
    breaking: [
      {
        path: "bicep/modules/function-app.bicep",
        from: "    zoneRedundant: zoneRedundant\n",
        to: "    zoneRedundant: false\n",
      },
    ],
  },
  {
    number: 2,
    requirement: "storage is redundant over zones in production",
    problems: (repository) =>
      unlike(
        inProd(repository, "Microsoft.Storage/storageAccounts"),
        "sku.name",
        "Standard_ZRS",
      ),
    breaking: [
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
      const data = partOf(blobServices(repository), "dataStorage");
      return [
        ...unlike(data, "properties.deleteRetentionPolicy.enabled", true),
        ...unlike(
          data,
          "properties.containerDeleteRetentionPolicy.enabled",
          true,
        ),
      ];
    },
    breaking: [
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
    requirement: "data is versioned, storage of the host is not",
    problems: (repository) => [
      ...unlike(
        partOf(blobServices(repository), "dataStorage"),
        "properties.isVersioningEnabled",
        true,
      ),
      ...unlike(
        partOf(blobServices(repository), "hostStorage"),
        "properties.isVersioningEnabled",
        false,
      ),
    ],
    breaking: [
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
    requirement: "data, messages and secrets are locked in production",
    problems: (repository) => {
      const locks = inProd(repository, "Microsoft.Authorization/locks");
      return [
        ...unlike(locks, "properties.level", "CanNotDelete"),
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
    breaking: [
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
      unlike(
        inProd(repository, "Microsoft.Web/sites"),
        "properties.functionAppConfig.siteUpdateStrategy.type",
        "RollingUpdate",
      ),
    breaking: [
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
      ...unless(
        /"health\/live"\),\s*authLevel: "anonymous"/.test(
          repository.text("src/http/register-http-routes.ts"),
        ),
        "src/http/register-http-routes.ts: health/live asks for a key",
      ),
      ...unlike(
        inProd(repository, "Microsoft.Insights/webtests"),
        "properties.Request.RequestUrl",
        (url) => asText(url).endsWith("/api/health/live"),
      ),
      ...unlike(
        inProd(repository, "Microsoft.Insights/webtests"),
        "properties.Locations",
        (locations) => isList(locations) && locations.length >= 3,
      ),
    ],
    breaking: [
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
