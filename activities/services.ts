import type { Model } from "../src/agents/model";
import type { Tool } from "../src/agents/tool";
import type { Storage } from "../src/history/ports";

/** What activities are given by `main.ts`. The first call of each makes its client; later ones share it. */
export interface Services {
  storage(): Storage;
  model(): Model;
  readonly tools: ReadonlyMap<string, Tool>;
}
