/** What a test and the process of its cloud say to each other beside HTTP. */

export type HostCall =
  | { readonly name: "now" }
  | { readonly name: "advance"; readonly ms: number }
  | { readonly name: "whenEnded"; readonly instanceId: string }
  /** Answered with JSON text. */
  | { readonly name: "history"; readonly instanceId: string };

/** App settings by name. */
export type AppSettingValues = Readonly<Record<string, string>>;

export interface HostCallRequest {
  readonly id: number;
  readonly call: HostCall;
}

export type HostProcessMessage =
  /** The host listens there, and the app finds what was started for it by these settings. */
  | {
      readonly kind: "ready";
      readonly url: string;
      readonly settings: AppSettingValues;
    }
  /** The host did not start. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "answer"; readonly id: number; readonly value?: unknown }
  | {
      readonly kind: "problem";
      readonly id: number;
      readonly reason: string;
    };

/** What the process is started with, as JSON text in the environment variable of this name. */
export const optionsVariableName = "AOS_TEST_CLOUD";

export interface HostProcessOptions {
  readonly app: string;
  readonly data: string;
  readonly clock: "virtual" | "system";
}
