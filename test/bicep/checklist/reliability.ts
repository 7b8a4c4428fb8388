import { asText, isList } from "../reader/value";
import type { World } from "../world";
import {
  hostJson,
  inProd,
  isBetween,
  partOf,
  type Row,
  seconds,
  unless,
  unlike,
} from "./row";

const storage = "bicep/modules/storage.bicep";
const blobServices = (world: World) =>
  inProd(world, "Microsoft.Storage/storageAccounts/blobServices");

export const reliability: readonly Row[] = [
  {
    number: 1,
    requirement: "compute is redundant over zones in production",
    problems: (world) =>
      unlike(
        inProd(world, "Microsoft.Web/serverfarms"),
        "properties.zoneRedundant",
        true,
      ),
    breaking: {
      path: "bicep/modules/function-app.bicep",
      from: "    zoneRedundant: zoneRedundant\n",
      to: "    zoneRedundant: false\n",
    },
  },
  {
    number: 2,
    requirement: "storage is redundant over zones in production",
    problems: (world) =>
      unlike(
        inProd(world, "Microsoft.Storage/storageAccounts"),
        "sku.name",
        "Standard_ZRS",
      ),
    breaking: {
      path: storage,
      from: "name: skuName",
      to: "name: 'Standard_LRS'",
    },
  },
  {
    number: 11,
    requirement: "what may succeed later is told apart from what never will",
    problems: (world) => {
      const [, list = ""] =
        /retryableCodes[^[]*\[([^\]]*)\]/.exec(world.text("src/errors.ts")) ??
        [];
      const retryable = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
      return [
        ...["model_unavailable", "storage_unavailable"]
          .filter((name) => !retryable.includes(name))
          .map((name) => `${name} is not tried again`),
        ...["invalid_request", "model_failed", "tool_uncertain"]
          .filter((name) => retryable.includes(name))
          .map((name) => `${name} is tried again`),
      ];
    },
    breaking: {
      path: "src/errors.ts",
      from: '  "tool_failed",\n  "output_invalid",',
      to: '  "tool_failed",\n  "tool_uncertain",\n  "output_invalid",',
    },
  },
  {
    number: 12,
    requirement: "clients try again a bounded number of times",
    problems: (world) => [
      ...unless(
        isBetween(
          1,
          5,
        )(
          hostJson(
            world,
            "extensions.serviceBus.clientRetryOptions.maxRetries",
          ),
        ),
        "host.json: the Service Bus client tries too often",
      ),
      ...unless(
        /maxRetries: 0\b/.test(world.text("src/agents/openai-model.ts")),
        "src/agents/openai-model.ts: the client tries again by itself",
      ),
      ...unless(
        /maxTries: [1-5]\b/.test(world.text("src/history/clients.ts")),
        "src/history/clients.ts: the client of blobs tries without bound",
      ),
    ],
    breaking: {
      path: "host.json",
      from: '"maxRetries": 3',
      to: '"maxRetries": 300',
    },
  },
  {
    number: 13,
    requirement: "everything has a time limit",
    problems: (world) => [
      ...unless(
        seconds(hostJson(world, "functionTimeout")) <= 1800,
        "host.json: functions may run for longer than 30 minutes",
      ),
      ...unless(
        world.text("src/agents/openai-model.ts").includes("timeout: timeoutMs"),
        "src/agents/openai-model.ts: calls of the model have no limit",
      ),
      ...unless(
        world.text("src/history/clients.ts").includes("AbortSignal.timeout("),
        "src/history/clients.ts: requests to tables have no limit",
      ),
      // The front end of Azure gives up after 230 seconds.
      ...unless(
        /maxWaitMs = (1?\d{1,2}|2[0-2]\d)_000/.test(
          world.text("src/triggers/http/schemas.ts"),
        ),
        "src/triggers/http/schemas.ts: an answer may be held for longer than Azure waits",
      ),
    ],
    breaking: {
      path: "src/triggers/http/schemas.ts",
      from: "maxWaitMs = 200_000",
      to: "maxWaitMs = 300_000",
    },
  },
  {
    number: 14,
    requirement: "no activity may run for longer than a function",
    problems: (world) => {
      const [most] =
        world
          .template("bicep/main.bicep")
          .parameters.get("modelTimeoutSeconds")
          ?.decorators.get("maxValue") ?? [];
      const limit = most?.kind === "literal" ? Number(most.value) : Infinity;
      return unless(
        limit < Math.min(1800, seconds(hostJson(world, "functionTimeout"))),
        `a call of the model may take ${limit} seconds`,
      );
    },
    breaking: {
      path: "bicep/main.bicep",
      from: "@maxValue(1500)",
      to: "@maxValue(86400)",
    },
  },
  {
    number: 15,
    requirement: "deleted data can be recovered",
    problems: (world) => {
      const data = partOf(blobServices(world), "dataStorage");
      return [
        ...unlike(data, "properties.deleteRetentionPolicy.enabled", true),
        ...unlike(
          data,
          "properties.containerDeleteRetentionPolicy.enabled",
          true,
        ),
      ];
    },
    breaking: {
      path: storage,
      from: "    deleteRetentionPolicy: {\n      enabled: recoverable",
      to: "    deleteRetentionPolicy: {\n      enabled: false",
    },
  },
  {
    number: 16,
    requirement: "data is versioned, what the host rewrites is not",
    problems: (world) => [
      ...unlike(
        partOf(blobServices(world), "dataStorage"),
        "properties.isVersioningEnabled",
        true,
      ),
      ...unlike(
        partOf(blobServices(world), "hostStorage"),
        "properties.isVersioningEnabled",
        false,
      ),
    ],
    breaking: {
      path: storage,
      from: "isVersioningEnabled: recoverable",
      to: "isVersioningEnabled: true",
    },
  },
  {
    number: 17,
    requirement: "data, messages and secrets are locked in production",
    problems: (world) => {
      const locks = inProd(world, "Microsoft.Authorization/locks");
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
    breaking: {
      path: "bicep/modules/key-vault.bicep",
      from: "if (deleteLock)",
      to: "if (false)",
    },
  },
  {
    number: 18,
    requirement: "a new version replaces the old one instance by instance",
    problems: (world) =>
      unlike(
        inProd(world, "Microsoft.Web/sites"),
        "properties.functionAppConfig.siteUpdateStrategy.type",
        "RollingUpdate",
      ),
    breaking: {
      path: "bicep/modules/function-app.bicep",
      from: "'RollingUpdate'",
      to: "'Recreate'",
    },
  },
  {
    number: 19,
    requirement:
      "liveness is told to everyone, and watched from several places",
    problems: (world) => [
      ...unless(
        /"health\/live"\),\s*authLevel: "anonymous"/.test(
          world.text("src/triggers/http/routes.ts"),
        ),
        "src/triggers/http/routes.ts: health/live asks for a key",
      ),
      ...unlike(
        inProd(world, "Microsoft.Insights/webtests"),
        "properties.Request.RequestUrl",
        (url) => asText(url).endsWith("/api/health/live"),
      ),
      ...unlike(
        inProd(world, "Microsoft.Insights/webtests"),
        "properties.Locations",
        (places) => isList(places) && places.length >= 3,
      ),
    ],
    breaking: {
      path: "bicep/modules/alerts.bicep",
      from: "/api/health/live",
      to: "/api/health/ready",
    },
  },
];
