/** What the app needs, for health/ready: how each is found, who signs in, and the role that this takes. */
import type { LanguageModel } from "../models/language-model";
import type { AppClients } from "./create-clients";
import type { ModelConfig } from "../config/model-settings";
import type { AppConfig } from "../config/read-config";
import {
  eventTopic,
  rejectedQueue,
  requestQueue,
  responseQueue,
} from "../messaging/entities";
import type { Messaging } from "../messaging/ports";
import type {
  HealthDependency,
  HealthProbe,
} from "../health/health-dependency";
import { findInstance } from "../orchestrations/task-hub";

/** By the names that Azure has for them; the templates assign them by id. */
export const azureRoles = {
  taskHub:
    "Storage Table Data Contributor and Storage Queue Data Contributor, or with a scheduler Durable Task Data Contributor",
  tables: "Storage Table Data Contributor",
  blobs: "Storage Blob Data Contributor",
  receiving: "Azure Service Bus Data Receiver",
  sending: "Azure Service Bus Data Sender",
  models: "Cognitive Services OpenAI User",
} as const;

/** Clients are asked for inside of checks only, where it is told that one cannot be made. */
export const readinessDependencies = (
  config: AppConfig,
  clients: AppClients,
  ownModel?: LanguageModel,
): readonly HealthDependency[] => [
  {
    name: "keyVault",
    code: "configuration_invalid",
    authentication: "identity",
    settings: config.unresolved.settings,
    unresolved: config.unresolved.settings,
    // Nothing is read from it while the app runs: the platform does that before the start.
    probes: [],
  },
  taskHub,
  storage(config, clients),
  serviceBus(config, clients),
  ownModel === undefined
    ? model(config, clients)
    : ownModelDependency(ownModel),
];

/** Kept by the host, in a place of its own: it has to be there for anything to start. */
const taskHub: HealthDependency = {
  name: "taskHub",
  code: "storage_unavailable",
  authentication: "identity",
  settings: ["AzureWebJobsStorage"],
  unresolved: [],
  probes: [
    {
      name: "instances",
      role: azureRoles.taskHub,
      check: async (hub) => {
        // Asks for an instance that is not there: an answer is all that is wanted.
        await findInstance(hub, "health-check");
      },
    },
  ],
};

const storage = (
  { storage: where, storageSettings, unresolved }: AppConfig,
  clients: AppClients,
): HealthDependency => ({
  name: "storage",
  code: "storage_unavailable",
  authentication: "connectionString" in where ? "key" : "identity",
  settings: storageSettings,
  unresolved: unresolved.byService.storage,
  probes: [
    {
      name: "tables",
      role: azureRoles.tables,
      check: async () => clients.storage().orchestrations.check(),
    },
    {
      name: "blobs",
      role: azureRoles.blobs,
      check: async () => clients.storage().payloads.check(),
    },
  ],
});

function serviceBus(
  { serviceBus: where, unresolved }: AppConfig,
  { messaging }: AppClients,
): HealthDependency {
  const setting = "AZURE_SERVICEBUS_CONNECTION_STRING";
  const hasKey = where !== undefined && "connectionString" in where;
  return {
    name: "serviceBus",
    code: "messaging_unavailable",
    authentication: hasKey ? "key" : "identity",
    settings: [hasKey ? setting : `${setting}__fullyQualifiedNamespace`],
    unresolved: unresolved.byService.serviceBus,
    ...(messaging !== undefined && { probes: messagingParts(messaging) }),
  };
}

const messagingParts = (messaging: () => Messaging): readonly HealthProbe[] => [
  ...[requestQueue, rejectedQueue].map((queue) => ({
    name: `receiving from ${queue}`,
    role: azureRoles.receiving,
    check: async () => messaging().checkReceiving(queue),
  })),
  ...[responseQueue, eventTopic].map((entity) => ({
    name: `sending to ${entity}`,
    role: azureRoles.sending,
    check: async () => messaging().checkSending(entity),
  })),
];

function model(
  { model: by, unresolved }: AppConfig,
  { model: client }: AppClients,
): HealthDependency {
  const { provider } = by;
  const hasKey = "apiKey" in by;
  return {
    name: "model",
    code: "model_unavailable",
    authentication: provider === "azure-openai" && !hasKey ? "identity" : "key",
    settings: modelSettings[provider].filter(
      (name) => hasKey || !name.endsWith("_API_KEY"),
    ),
    unresolved: unresolved.byService.model,
    details: { provider },
    probes: [
      {
        name: `models of ${provider}`,
        ...(provider === "azure-openai" && { role: azureRoles.models }),
        check: async () => client().check(),
      },
    ],
  };
}

/** A model that the app brings along needs no setting of AOS. */
const ownModelDependency = (model: LanguageModel): HealthDependency => ({
  name: "model",
  code: "model_unavailable",
  authentication: "key",
  settings: [],
  unresolved: [],
  details: { provider: model.provider },
  probes: [
    { name: `models of ${model.provider}`, check: async () => model.check() },
  ],
});

const modelSettings = {
  "azure-openai": [
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_DEPLOYMENT",
    "AZURE_OPENAI_API_KEY",
  ],
  openai: ["OPENAI_BASE_URL", "OPENAI_API_KEY"],
  offline: [],
} as const satisfies Record<ModelConfig["provider"], readonly string[]>;
