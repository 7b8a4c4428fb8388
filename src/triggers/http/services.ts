import type { Messaging } from "../../messaging/ports";
import type { Dependency } from "./health/dependency";
import type { StartServices } from "../start/services";

/** What the routes are given by `main.ts`. */
export interface HttpServices extends StartServices {
  /** What the app needs to work. */
  readonly dependencies: readonly Dependency[];
  /** Undefined when the app runs without Service Bus. */
  messaging(): Messaging | undefined;
}
