import type { Model } from "../src/agents/model";
import type { Tool } from "../src/agents/tool";
import type { Messaging } from "../src/messaging/ports";
import type { Storage } from "../src/history/ports";

/** What activities reach the world through; made with the first use. */
export interface Services {
  readonly storage: () => Storage;
  /** Undefined when the app runs without Service Bus. */
  readonly messaging: () => Messaging | undefined;
  readonly model: () => Model;
  readonly tools: ReadonlyMap<string, Tool>;
}
