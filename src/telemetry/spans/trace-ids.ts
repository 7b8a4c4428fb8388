/** Span ids are derived from keys, so that work that is repeated after a crash has the same ids. */
import { type SpanContext, TraceFlags } from "@opentelemetry/api";
import { sha256Hex } from "../../domain/sha256";

const hex = (key: string, digits: number): string =>
  sha256Hex(key).slice(0, digits);

export const deriveSpanId = (key: string): string => hex(`span ${key}`, 16);

const format = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Returns undefined for a value that is not a valid `traceparent` (https://www.w3.org/TR/trace-context/). */
export function parseTraceparent(value: unknown): string | undefined {
  const [, trace = "", span = ""] =
    typeof value === "string" ? (format.exec(value) ?? []) : [];
  const isValid = /[1-9a-f]/.test(trace) && /[1-9a-f]/.test(span);
  return isValid ? (value as string) : undefined;
}

/** The parent of an orchestration's top spans: the request's span, or else a span derived from the orchestration id. */
export function rootSpanContext(
  orchestrationId: string,
  traceparent: string | undefined,
): SpanContext {
  const [, traceId, spanId, flags = "01"] =
    format.exec(parseTraceparent(traceparent) ?? "") ?? [];
  return {
    traceId: traceId ?? hex(`trace ${orchestrationId}`, 32),
    spanId: spanId ?? deriveSpanId(`origin ${orchestrationId}`),
    // AOS exports all spans; the flag is for the hub.
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
}

let nextSpanId: string | undefined;

/** Gives the span that `start` creates the id: the SDK requests an id while it creates a span. */
export function withSpanId<Result>(id: string, start: () => Result): Result {
  nextSpanId = id;
  try {
    return start();
  } finally {
    nextSpanId = undefined;
  }
}

let otherSpans = 0;

/** Spans that are not created with `withSpanId` get unique ids. */
export const spanIdGenerator = {
  generateTraceId: (): string => hex(`other ${process.pid} ${Date.now()}`, 32),
  generateSpanId: (): string =>
    nextSpanId ??
    deriveSpanId(`other ${process.pid} ${Date.now()} ${otherSpans++}`),
};
