import { requireResolvedSettings } from "../config/key-vault-references";
import type { AppConfig } from "../config/read-config";
import { memoize } from "../domain/memoize";
import type { Messaging } from "../messaging/ports";
import type { LanguageModel } from "../models/language-model";
import type { Storage } from "../storage/ports";
import {
  createLanguageModel,
  createMessaging,
  createStorage,
  messagingOptions,
  storageOptions,
} from "./lazy-clients";

/** The clients of an app. Each is made by its first use, which throws when Key Vault has not given a secret of it. */
export interface AppClients {
  readonly storage: () => Storage;
  readonly model: () => LanguageModel;
  /** Undefined when the app runs without Service Bus. */
  readonly messaging: (() => Messaging) | undefined;
}

export function createClients(
  { model, serviceBus, storage, unresolved }: AppConfig,
  ownModel: LanguageModel | undefined,
): AppClients {
  return {
    storage: requireResolvedSettings(
      "storage",
      unresolved,
      memoize(() => createStorage(storageOptions(storage))),
    ),
    model:
      ownModel === undefined
        ? requireResolvedSettings(
            "model",
            unresolved,
            memoize(() => createLanguageModel(model)),
          )
        : () => ownModel,
    messaging:
      serviceBus &&
      requireResolvedSettings(
        "serviceBus",
        unresolved,
        memoize(() => createMessaging(messagingOptions(serviceBus))),
      ),
  };
}
