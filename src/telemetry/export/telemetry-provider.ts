import { setTimeout as delay } from "node:timers/promises";
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import type { MetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { markExporting } from "../spans/export-state";
import {
  AlwaysOnSampler,
  AsyncLocalStorageContextManager,
  BasicTracerProvider,
  detectResources,
  envDetector,
  MeterProvider,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  W3CTraceContextPropagator,
} from "./sdk";
import { spanIdGenerator } from "../spans/trace-ids";

export interface TelemetryProvider {
  /** Exports pending telemetry, for at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * Exports every span, so that the sums of their token counts are exact. The explicit sampler overrides
 * `OTEL_TRACES_SAMPLER`, which in Azure names a sampler that only the host knows.
 */
export function startTelemetryProvider(
  serviceName: string,
  spanProcessors: SpanProcessor[],
  readers: MetricReader[],
): TelemetryProvider {
  // The instance id separates the metrics of several processes. OTEL_RESOURCE_ATTRIBUTES takes precedence.
  const resource = resourceFromAttributes({ "service.name": serviceName })
    .merge(detectResources({ detectors: [serviceInstanceIdDetector] }))
    .merge(detectResources({ detectors: [envDetector] }));
  const tracers = new BasicTracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    idGenerator: spanIdGenerator,
    spanProcessors,
  });
  const meters = new MeterProvider({ resource, readers });
  // The durable client propagates the active span to the hub.
  context.setGlobalContextManager(
    new AsyncLocalStorageContextManager().enable(),
  );
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  markExporting();
  return {
    async close(timeoutMs) {
      await Promise.race([
        Promise.allSettled([tracers.shutdown(), meters.shutdown()]),
        delay(timeoutMs, undefined, { ref: false }),
      ]);
    },
  };
}
