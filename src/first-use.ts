/**
 * What the first use needs, loaded by it: the clients of storage, Service Bus, identity and the model are a third of what
 * a start would load, and an app registers its functions and says that it lives without them. Types are free.
 */
import type * as select from "./agents/select-model";
import type * as storage from "./history/storage";
import type * as bus from "./messaging/service-bus";
import type * as messagingSettings from "./messaging-options";
import type * as storageSettings from "./storage-options";

export const openStorage: typeof storage.openStorage = (options) =>
  (require("./history/storage") as typeof storage).openStorage(options);

export const storageOptions: typeof storageSettings.storageOptions = (config) =>
  (require("./storage-options") as typeof storageSettings).storageOptions(
    config,
  );

export const selectModel: typeof select.selectModel = (options) =>
  (require("./agents/select-model") as typeof select).selectModel(options);

export const openServiceBus: typeof bus.openServiceBus = (options) =>
  (require("./messaging/service-bus") as typeof bus).openServiceBus(options);

export const messagingOptions: typeof messagingSettings.messagingOptions = (
  config,
) =>
  (require("./messaging-options") as typeof messagingSettings).messagingOptions(
    config,
  );
