import type { Storage } from "../../history/ports";
import type { Log } from "../../telemetry/log";
import type { Hub } from "./hub";

/** Who asks for a start: a request by HTTP or by message, the end of the one before in its session, or the timer. */
export type Starter = "http" | "message" | "session" | "sweeper";

/** What starting reaches: storage, the task hub and the clock; and on whose behalf it is done. */
export interface World {
  readonly storage: Storage;
  readonly hub: Hub;
  readonly now: () => Date;
  readonly by: Starter;
  readonly log: Log;
}
