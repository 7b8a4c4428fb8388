/** Where telemetry goes: Application Insights, an OTLP endpoint, or both. */
import { ManagedIdentityCredential } from "@azure/identity";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { TelemetryConfig } from "../../config/telemetry-settings";
import {
  type TelemetryProvider,
  startTelemetryProvider,
} from "./telemetry-provider";
import {
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
  BatchSpanProcessor,
  OTLPMetricExporter,
  OTLPTraceExporter,
  PeriodicExportingMetricReader,
} from "./sdk";

/** Starts telling. The endpoints and headers of OTLP are read by its exporter, from the standard variables. */
export function startExporters({
  serviceName,
  applicationInsights,
  otlpSignals,
}: TelemetryConfig): TelemetryProvider {
  const spans: SpanExporter[] = [];
  const measures: PushMetricExporter[] = [];
  if (applicationInsights !== undefined) {
    const options = azureOptions(applicationInsights);
    spans.push(new AzureMonitorTraceExporter(options));
    measures.push(new AzureMonitorMetricExporter(options));
  }
  if (otlpSignals.includes("traces")) spans.push(new OTLPTraceExporter());
  if (otlpSignals.includes("metrics")) measures.push(new OTLPMetricExporter());
  return startTelemetryProvider(
    serviceName,
    spans.map((exporter) => new BatchSpanProcessor(exporter)),
    measures.map((exporter) => new PeriodicExportingMetricReader({ exporter })),
  );
}

/** The exporter, unlike the host, does not read APPLICATIONINSIGHTS_AUTHENTICATION_STRING itself. */
const azureOptions = ({
  connectionString,
  identity,
}: NonNullable<TelemetryConfig["applicationInsights"]>) => ({
  connectionString,
  ...(identity !== undefined && {
    credential:
      identity.clientId === undefined
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId: identity.clientId }),
  }),
});
