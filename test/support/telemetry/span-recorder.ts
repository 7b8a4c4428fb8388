import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { startTelemetryProvider } from "../../../src/telemetry/export/telemetry-provider";

/** Starts a telemetry provider that keeps spans in memory. At most once per test file, because the provider is global. */
export function startSpanRecorder() {
  const exporter = new InMemorySpanExporter();
  const provider = startTelemetryProvider(
    "test",
    [new SimpleSpanProcessor(exporter)],
    [],
  );
  return {
    /** Returns the spans that have ended since the previous call. */
    takeSpans(): readonly ReadableSpan[] {
      const spans = exporter.getFinishedSpans();
      exporter.reset();
      return spans;
    },
    stop: () => provider.close(1_000),
  };
}
