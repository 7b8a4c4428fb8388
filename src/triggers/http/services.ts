import type { Messaging } from "../../messaging/ports";
import type { StartServices } from "../start/services";

/** What the routes are given by `main.ts`. */
export interface HttpServices extends StartServices {
  /** The provider that answers agents; throws `configuration_invalid` when none can. */
  modelProvider(): string;
  /** Undefined when the app runs without Service Bus. */
  messaging(): Messaging | undefined;
}
