/** The OpenTelemetry SDK, set up for this app. Loaded only when there is somewhere to tell. */
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
  /** Sends what is left, for at most that long. */
  close(ms: number): Promise<void>;
}

/**
 * Every span is kept: they are few, and what they say of cost must add up. A sampler given here is also what keeps
 * `OTEL_TRACES_SAMPLER` from being taken, which in Azure names one that only the host knows.
 */
export function startTelemetryProvider(
  serviceName: string,
  spanProcessors: SpanProcessor[],
  readers: MetricReader[],
): TelemetryProvider {
  // Counts of several processes cannot be told apart without an id of each. OTEL_RESOURCE_ATTRIBUTES come last.
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
  // Which span is active; and how the durable client tells it to the hub.
  context.setGlobalContextManager(
    new AsyncLocalStorageContextManager().enable(),
  );
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  markExporting();
  return {
    async close(ms) {
      let timer: NodeJS.Timeout | undefined;
      const bound = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      // Whatever cannot be sent any more is lost: the app is ending, and must not wait for it.
      await Promise.race([
        Promise.allSettled([tracers.shutdown(), meters.shutdown()]),
        bound,
      ]);
      clearTimeout(timer);
    },
  };
}
