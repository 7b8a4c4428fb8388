/** All imports of exporters and SDKs: `scripts/bundle.mjs` bundles them to a separate file, loaded only with an exporter. */
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
