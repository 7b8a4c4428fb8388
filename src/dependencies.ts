/** What the app needs, for health/ready: how each is found, who signs in, and the role that this takes. */
import type { Model } from "./agents/model";
import type { Config } from "./config";
import type { Storage } from "./history/ports";
import {
  eventTopic,
  rejectedQueue,
  requestQueue,
  responseQueue,
} from "./messaging/entities";
import type { Messaging } from "./messaging/ports";
import type { Dependency, Part } from "./triggers/http/health/dependency";
import { findInstance } from "./triggers/start/hub";

/** By the names that Azure has for them; the templates assign them by id. */
export const roles = {
  taskHub:
    "Storage Table Data Contributor and Storage Queue Data Contributor, or with a scheduler Durable Task Data Contributor",
  tables: "Storage Table Data Contributor",
  blobs: "Storage Blob Data Contributor",
  receiving: "Azure Service Bus Data Receiver",
  sending: "Azure Service Bus Data Sender",
  models: "Cognitive Services OpenAI User",
} as const;

interface Clients {
  readonly storage: () => Storage;
  /** Absent: the app runs without. */
  readonly messaging: (() => Messaging) | undefined;
  readonly model: () => Model;
}

/** Clients are asked for inside of checks only, where it is told that one cannot be made. */
export const dependencies = (
  config: Config,
  clients: Clients,
): readonly Dependency[] => [
  {
    name: "keyVault",
    code: "configuration_invalid",
    signIn: "identity",
    settings: config.unresolved.settings,
    unresolved: config.unresolved.settings,
    // Nothing is read from it while the app runs: the platform does that before the start.
    parts: [],
  },
  taskHub,
  storage(config, clients),
  serviceBus(config, clients),
  model(config, clients),
];

/** Kept by the host, in a place of its own: it has to be there for anything to start. */
const taskHub: Dependency = {
  name: "taskHub",
  code: "storage_unavailable",
  signIn: "identity",
  settings: ["AzureWebJobsStorage"],
  unresolved: [],
  parts: [
    {
      name: "instances",
      role: roles.taskHub,
      check: async (hub) => {
        // Asks for an instance that is not there: an answer is all that is wanted.
        await findInstance(hub, "health-check");
      },
    },
  ],
};

const storage = (
  { storage: where, storageSettings, unresolved }: Config,
  clients: Clients,
): Dependency => ({
  name: "storage",
  code: "storage_unavailable",
  signIn: "connectionString" in where ? "key" : "identity",
  settings: storageSettings,
  unresolved: unresolved.of.storage,
  parts: [
    {
      name: "tables",
      role: roles.tables,
      check: async () => clients.storage().orchestrations.check(),
    },
    {
      name: "blobs",
      role: roles.blobs,
      check: async () => clients.storage().payloads.check(),
    },
  ],
});

function serviceBus(
  { serviceBus: where, unresolved }: Config,
  { messaging }: Clients,
): Dependency {
  const setting = "AZURE_SERVICEBUS_CONNECTION_STRING";
  const hasKey = where !== undefined && "connectionString" in where;
  return {
    name: "serviceBus",
    code: "messaging_unavailable",
    signIn: hasKey ? "key" : "identity",
    settings: [hasKey ? setting : `${setting}__fullyQualifiedNamespace`],
    unresolved: unresolved.of.serviceBus,
    ...(messaging !== undefined && { parts: messagingParts(messaging) }),
  };
}

const messagingParts = (messaging: () => Messaging): readonly Part[] => [
  ...[requestQueue, rejectedQueue].map((queue) => ({
    name: `receiving from ${queue}`,
    role: roles.receiving,
    check: async () => messaging().checkReceiving(queue),
  })),
  ...[responseQueue, eventTopic].map((entity) => ({
    name: `sending to ${entity}`,
    role: roles.sending,
    check: async () => messaging().checkSending(entity),
  })),
];

function model(
  { model: by, unresolved }: Config,
  { model: client }: Clients,
): Dependency {
  const { provider } = by;
  const hasKey = "apiKey" in by;
  return {
    name: "model",
    code: "model_unavailable",
    signIn: provider === "azure-openai" && !hasKey ? "identity" : "key",
    settings: modelSettings[provider].filter(
      (name) => hasKey || !name.endsWith("_API_KEY"),
    ),
    unresolved: unresolved.of.model,
    details: { provider },
    parts: [
      {
        name: `models of ${provider}`,
        ...(provider === "azure-openai" && { role: roles.models }),
        check: async () => client().check(),
      },
    ],
  };
}

const modelSettings = {
  "azure-openai": [
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_DEPLOYMENT",
    "AZURE_OPENAI_API_KEY",
  ],
  openai: ["OPENAI_BASE_URL", "OPENAI_API_KEY"],
  offline: [],
} as const satisfies Record<Model["provider"], readonly string[]>;
