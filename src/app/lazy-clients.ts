/**
 * What the first use needs, loaded by it: the clients of storage, Service Bus, identity and the model are a third of what
 * a start would load, and an app registers its functions and says that it lives without them. Types are free.
 */
import type * as select from "../models/create-model";
import type * as storage from "../storage/open-storage";
import type * as bus from "../messaging/service-bus/service-bus-messaging";
import type * as messagingSettings from "./messaging-options";
import type * as storageSettings from "./storage-options";

export const createStorage: typeof storage.openStorage = (options) =>
  (require("../storage/open-storage") as typeof storage).openStorage(options);

export const storageOptions: typeof storageSettings.storageOptions = (config) =>
  (require("./storage-options") as typeof storageSettings).storageOptions(
    config,
  );

export const createLanguageModel: typeof select.createModel = (options) =>
  (require("../models/create-model") as typeof select).createModel(options);

export const createMessaging: typeof bus.openServiceBus = (options) =>
  (
    require("../messaging/service-bus/service-bus-messaging") as typeof bus
  ).openServiceBus(options);

export const messagingOptions: typeof messagingSettings.messagingOptions = (
  config,
) =>
  (require("./messaging-options") as typeof messagingSettings).messagingOptions(
    config,
  );
