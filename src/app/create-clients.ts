import { requireResolvedSettings } from "../config/key-vault-references";
import type { AppConfig } from "../config/read-config";
import type { Messaging } from "../messaging/ports";
import type { LanguageModel } from "../models/language-model";
import type { Storage } from "../storage/ports";
import type { AosOptions } from "./aos-options";
import {
  createLanguageModel,
  createMessaging,
  createStorage,
} from "./lazy-clients";

/** Each client is created by its first use, which throws while a Key Vault reference of its settings is unresolved. */
export interface AppClients {
  readonly storage: () => Storage;
  readonly model: () => LanguageModel;
  /** Undefined when the app runs without Service Bus. */
  readonly messaging: (() => Messaging) | undefined;
}

export function createClients(
  { model, serviceBus, storage, unresolved }: AppConfig,
  app: Pick<AosOptions, "model" | "offline">,
): AppClients {
  const ownModel = app.model;
  return {
    storage: requireResolvedSettings(
      "storage",
      unresolved,
      memoize(() => createStorage(storage)),
    ),
    model:
      ownModel === undefined
        ? requireResolvedSettings(
            "model",
            unresolved,
            memoize(() => createLanguageModel(model, app.offline)),
          )
        : () => ownModel,
    messaging:
      serviceBus &&
      requireResolvedSettings(
        "serviceBus",
        unresolved,
        memoize(() => createMessaging(serviceBus)),
      ),
  };
}

/** Creates the value on the first call and returns it again on later calls. A failed creation is repeated. */
function memoize<Value extends object>(create: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= create());
}
