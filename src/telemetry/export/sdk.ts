/**
 * What telemetry takes of other packages' SDKs, and nothing else: the deployed package keeps it in a file of its own
 * (`scripts/bundle.mjs`), which is read only when there is somewhere to tell.
 */
export {
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from "@azure/monitor-opentelemetry-exporter";
export { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
export { W3CTraceContextPropagator } from "@opentelemetry/core";
export { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
export { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
export {
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
export {
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
export {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
