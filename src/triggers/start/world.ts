import type { Storage } from "../../history/ports";
import type { Hub } from "./hub";

/** What starting reaches: storage, the task hub and the clock. */
export interface World {
  readonly storage: Storage;
  readonly hub: Hub;
  readonly now: () => Date;
}
