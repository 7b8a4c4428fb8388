import { app } from "@azure/functions";
import type { TelemetryConfig } from "../config/telemetry-settings";
import { setContentRecording } from "./spans/content";
import type { TelemetryProvider } from "./export/telemetry-provider";

/** The host stops its workers after about ten seconds. */
const flushTimeoutMs = 5_000;

/** Loads the SDK only if an exporter is configured, and only after the functions are registered. */
export function startTelemetry(config: TelemetryConfig | undefined): void {
  if (config === undefined) return;
  setContentRecording(config.captureContent);
  let provider: TelemetryProvider | undefined;
  app.hook.appStart(async () => {
    const { startExporters } = await import("./export/exporters.js");
    provider = startExporters(config);
  });
  app.hook.appTerminate(() => provider?.close(flushTimeoutMs));
}
