import type { Storage } from "../storage/ports";
import type { TaskHubContext } from "./task-hub";

/** The dependencies of use cases that read storage and access the task hub. */
export interface UseCaseContext extends TaskHubContext {
  readonly storage: Storage;
  readonly now: () => Date;
}
