import type { Storage } from "../../history/ports";
import type { Starting } from "./hub";

/** What starting reaches: the task hub, storage and the clock. */
export interface World extends Starting {
  readonly storage: Storage;
  readonly now: () => Date;
}
