import type { LanguageModel } from "../src/models/language-model";
import type { Tool } from "../src/tools/tool";
import type { Messaging } from "../src/messaging/ports";
import type { Storage } from "../src/storage/ports";

/** What activities reach the world through; made with the first use. */
export interface ActivityDependencies {
  readonly storage: () => Storage;
  /** Undefined when the app runs without Service Bus. */
  readonly messaging: () => Messaging | undefined;
  readonly model: () => LanguageModel;
  readonly tools: ReadonlyMap<string, Tool>;
}
