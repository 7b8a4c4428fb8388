import type { Model } from "../src/agents/model";
import type { Tool } from "../src/agents/tool";
import type { Storage } from "../src/history/ports";

/** What activities reach the world through; made with the first use. */
export interface Services {
  readonly storage: () => Storage;
  readonly model: () => Model;
  readonly tools: ReadonlyMap<string, Tool>;
}
