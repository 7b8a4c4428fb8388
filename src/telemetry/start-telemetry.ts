import { app } from "@azure/functions";
import type { TelemetryProvider } from "./export/telemetry-provider";
import { setContentRecording } from "./spans/content";
import type { TelemetryOptions } from "./telemetry-options";

/** The host stops its workers after about ten seconds. */
const flushTimeoutMs = 5_000;

/** Loads the SDK only if an exporter is configured, and only after the functions are registered. */
export function startTelemetry(options: TelemetryOptions | undefined): void {
  if (options === undefined) return;
  setContentRecording(options.captureContent);
  let provider: TelemetryProvider | undefined;
  app.hook.appStart(async () => {
    const { startExporters } = await import("./export/exporters.js");
    provider = startExporters(options);
  });
  app.hook.appTerminate(() => provider?.close(flushTimeoutMs));
}
