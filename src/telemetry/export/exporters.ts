import { ManagedIdentityCredential } from "@azure/identity";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { TelemetryOptions } from "../telemetry-options";
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

/** Exports to Application Insights, OTLP or both. The OTLP exporters read their endpoints and headers from the environment. */
export function startExporters({
  serviceName,
  applicationInsights,
  otlpSignals,
}: TelemetryOptions): TelemetryProvider {
  const traces: SpanExporter[] = [];
  const metrics: PushMetricExporter[] = [];
  if (applicationInsights !== undefined) {
    const options = azureMonitorOptions(applicationInsights);
    traces.push(new AzureMonitorTraceExporter(options));
    metrics.push(new AzureMonitorMetricExporter(options));
  }
  if (otlpSignals.includes("traces")) traces.push(new OTLPTraceExporter());
  if (otlpSignals.includes("metrics")) metrics.push(new OTLPMetricExporter());
  return startTelemetryProvider(
    serviceName,
    traces.map((exporter) => new BatchSpanProcessor(exporter)),
    metrics.map((exporter) => new PeriodicExportingMetricReader({ exporter })),
  );
}

/** Unlike the host, the exporter does not read APPLICATIONINSIGHTS_AUTHENTICATION_STRING. */
const azureMonitorOptions = ({
  connectionString,
  identity,
}: NonNullable<TelemetryOptions["applicationInsights"]>) => ({
  connectionString,
  ...(identity !== undefined && {
    credential:
      identity.clientId === undefined
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId: identity.clientId }),
  }),
});
