import type { LanguageModel } from "../src/models/language-model";
import type { Messaging } from "../src/messaging/ports";
import type { Storage } from "../src/storage/ports";
import type { Tool } from "../src/tools/tool";

/** Clients are created on first use. */
export interface ActivityDependencies {
  readonly storage: () => Storage;
  /** Undefined if Service Bus is not configured. */
  readonly messaging: () => Messaging | undefined;
  readonly model: () => LanguageModel;
  /** Time limit of a model call. */
  readonly modelTimeoutMs: number;
  readonly tools: ReadonlyMap<string, Tool>;
}
