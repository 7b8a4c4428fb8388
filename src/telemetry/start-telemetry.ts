/** Telemetry of the app as it is configured, from its start to its end. */
import { app } from "@azure/functions";
import type { TelemetryConfig } from "../config/telemetry-settings";
import { setContentRecording } from "./spans/content";
import type { TelemetryProvider } from "./export/telemetry-provider";

/** A host that is asked to stop gives its workers about ten seconds. */
const flushMs = 5_000;

/** Nothing is loaded when nobody is to be told, nor before the functions are registered. */
export function startTelemetry(config: TelemetryConfig | undefined): void {
  if (config === undefined) return;
  setContentRecording(config.captureContent);
  let provider: TelemetryProvider | undefined;
  app.hook.appStart(async () => {
    const { startExporters } = await import("./export/exporters.js");
    provider = startExporters(config);
  });
  app.hook.appTerminate(() => provider?.close(flushMs));
}
