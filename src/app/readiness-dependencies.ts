import type { ModelConfig } from "../config/model-settings";
import type { AppConfig } from "../config/read-config";
import type { AppClients } from "./create-clients";
import type {
  HealthDependency,
  HealthProbe,
} from "../health/health-dependency";
import {
  eventTopic,
  rejectedQueue,
  requestQueue,
  responseQueue,
} from "../messaging/entities";
import type { Messaging } from "../messaging/ports";
import type { LanguageModel } from "../models/language-model";
import { findInstance } from "../orchestrations/task-hub";

/** The names of the Azure roles that the Bicep templates assign by id. */
export const azureRoles = {
  taskHub:
    "Storage Table Data Contributor and Storage Queue Data Contributor, or with a scheduler Durable Task Data Contributor",
  tables: "Storage Table Data Contributor",
  blobs: "Storage Blob Data Contributor",
  receiving: "Azure Service Bus Data Receiver",
  sending: "Azure Service Bus Data Sender",
  models: "Cognitive Services OpenAI User",
} as const;

/** The services that `health/ready` checks. Clients are created within the probes, which report a failed creation. */
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
    // App Service resolves the references before the app starts; the app itself never reads the vault.
    probes: [],
  },
  taskHubDependency,
  storageDependency(config, clients),
  serviceBusDependency(config, clients),
  ownModel === undefined
    ? modelDependency(config, clients)
    : ownModelDependency(ownModel),
];

const taskHubDependency: HealthDependency = {
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
        // The instance does not exist; any response shows that the hub can be reached.
        await findInstance(hub, "health-check");
      },
    },
  ],
};

const storageDependency = (
  { storage, storageSettings, unresolved }: AppConfig,
  clients: AppClients,
): HealthDependency => ({
  name: "storage",
  code: "storage_unavailable",
  authentication: "connectionString" in storage ? "key" : "identity",
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

function serviceBusDependency(
  { serviceBus, unresolved }: AppConfig,
  { messaging }: AppClients,
): HealthDependency {
  const setting = "AZURE_SERVICEBUS_CONNECTION_STRING";
  const hasKey = serviceBus !== undefined && "connectionString" in serviceBus;
  return {
    name: "serviceBus",
    code: "messaging_unavailable",
    authentication: hasKey ? "key" : "identity",
    settings: [hasKey ? setting : `${setting}__fullyQualifiedNamespace`],
    unresolved: unresolved.byService.serviceBus,
    ...(messaging !== undefined && { probes: messagingProbes(messaging) }),
  };
}

const messagingProbes = (
  messaging: () => Messaging,
): readonly HealthProbe[] => [
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

function modelDependency(
  { model: config, unresolved }: AppConfig,
  { model }: AppClients,
): HealthDependency {
  const { provider } = config;
  const hasKey = "apiKey" in config;
  return {
    name: "model",
    code: "model_unavailable",
    authentication: provider === "azure-openai" && !hasKey ? "identity" : "key",
    settings: providerSettings[provider].filter(
      (name) => hasKey || !name.endsWith("_API_KEY"),
    ),
    unresolved: unresolved.byService.model,
    details: { provider },
    probes: [
      {
        name: `models of ${provider}`,
        ...(provider === "azure-openai" && { role: azureRoles.models }),
        check: async () => model().check(),
      },
    ],
  };
}

/** The model of the app itself, which needs no setting of AOS. */
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

const providerSettings = {
  "azure-openai": [
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_DEPLOYMENT",
    "AZURE_OPENAI_API_KEY",
  ],
  openai: ["OPENAI_BASE_URL", "OPENAI_API_KEY"],
  offline: [],
} as const satisfies Record<ModelConfig["provider"], readonly string[]>;
