import type { Storage } from "../storage/ports";
import type { TaskHubContext } from "./task-hub";

/** What starting reaches: the task hub, storage and the clock. */
export interface UseCaseContext extends TaskHubContext {
  readonly storage: Storage;
  readonly now: () => Date;
}
