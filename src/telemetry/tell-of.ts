/** Telemetry of the app as it is configured, from its start to its end. */
import { app } from "@azure/functions";
import type { TelemetryConfig } from "../config";
import { recordContent } from "./content";
import type { Provider } from "./provider";

/** A host that is asked to stop gives its workers about ten seconds. */
const flushMs = 5_000;

/** Nothing is loaded when nobody is to be told, nor before the functions are registered. */
export function tellOf(config: TelemetryConfig | undefined): void {
  if (config === undefined) return;
  recordContent(config.content);
  let provider: Provider | undefined;
  app.hook.appStart(async () => {
    const { startExport } = await import("./export.js");
    provider = startExport(config);
  });
  app.hook.appTerminate(() => provider?.close(flushMs));
}
