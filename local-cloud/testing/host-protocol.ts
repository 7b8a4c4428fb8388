import type { LostEpisodesOptions } from "../durable-task/engine/orchestrations/lost-episodes";

/** The messages between a test and the process of its local cloud, over the IPC channel of Node.js. */

export type HostCall =
  | { readonly name: "now" }
  | { readonly name: "advance"; readonly ms: number }
  | { readonly name: "whenEnded"; readonly instanceId: string }
  /** The value is JSON text. */
  | { readonly name: "history"; readonly instanceId: string };

/** App settings by name. */
export type AppSettingValues = Readonly<Record<string, string>>;

export interface HostCallRequest {
  readonly id: number;
  readonly call: HostCall;
}

export type HostProcessMessage =
  /** The host listens on `url`; `settings` locate the services that were started for the app. */
  | {
      readonly kind: "ready";
      readonly url: string;
      readonly settings: AppSettingValues;
    }
  /** The host did not start. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "result"; readonly id: number; readonly value?: unknown }
  | { readonly kind: "error"; readonly id: number; readonly reason: string };

/** The environment variable that contains the `HostProcessOptions` as JSON. */
export const optionsVariableName = "AZURE_LOCAL_CLOUD_TEST_OPTIONS";

export interface HostProcessOptions {
  readonly app: string;
  readonly data: string;
  readonly clock: "virtual" | "system";
  readonly lostEpisodes?: LostEpisodesOptions | undefined;
}
