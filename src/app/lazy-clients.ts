/**
 * Creates the clients of storage, Service Bus and the model. Their modules are a third of the code of the app, and registering
 * functions does not need them. To start faster, the app loads each module on first use, with `require`.
 */
import type * as identity from "@azure/identity";
import type { ServiceBusConfig } from "../config/service-bus-settings";
import type { StorageConfig } from "../config/storage-settings";
import type { ModelConfig } from "../config/model-settings";
import type { Messaging } from "../messaging/ports";
import type * as serviceBus from "../messaging/service-bus/service-bus-messaging";
import type { LanguageModel } from "../models/language-model";
import type * as offline from "../models/offline/offline-model";
import type * as openAi from "../models/openai/openai-model";
import type * as openStorage from "../storage/open-storage";
import type { Storage } from "../storage/ports";

export const createStorage = (config: StorageConfig): Storage =>
  (require("../storage/open-storage") as typeof openStorage).openStorage(
    "connectionString" in config
      ? config
      : { ...config, credential: createCredential() },
  );

export const createMessaging = (config: ServiceBusConfig): Messaging =>
  (
    require("../messaging/service-bus/service-bus-messaging") as typeof serviceBus
  ).openServiceBus(
    "connectionString" in config
      ? config
      : {
          fullyQualifiedNamespace: config.fullyQualifiedNamespace,
          credential: createCredential(config.clientId),
        },
  );

/** `loadOfflineScripts` is called only when the offline model is configured. */
export function createLanguageModel(
  config: ModelConfig,
  loadOfflineScripts: () => offline.OfflineScripts = () => ({}),
): LanguageModel {
  if (config.provider === "offline")
    return (
      require("../models/offline/offline-model") as typeof offline
    ).offlineModel(loadOfflineScripts());
  const { azureOpenAiModel, openAiModel } =
    require("../models/openai/openai-model") as typeof openAi;
  return config.provider === "openai"
    ? openAiModel(config)
    : azureOpenAiModel(config);
}

/** `clientId` selects one of several user-assigned identities. */
const createCredential = (clientId?: string): identity.TokenCredential =>
  new (require("@azure/identity") as typeof identity).DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
