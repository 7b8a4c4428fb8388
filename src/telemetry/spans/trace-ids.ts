/** Ids of spans are made of what the span is about, so that work that is repeated after a crash has the ids it had. */
import { createHash } from "node:crypto";
import { type SpanContext, TraceFlags } from "@opentelemetry/api";

const hex = (key: string, digits: number): string =>
  createHash("sha256").update(key).digest("hex").slice(0, digits);

export const deriveSpanId = (key: string): string => hex(`span ${key}`, 16);

const format = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The trace of the request, https://www.w3.org/TR/trace-context/; undefined for what is not one, as that says. */
export function parseTraceparent(value: unknown): string | undefined {
  const [, trace = "", span = ""] =
    typeof value === "string" ? (format.exec(value) ?? []) : [];
  const isOne = /[1-9a-f]/.test(trace) && /[1-9a-f]/.test(span);
  return isOne ? (value as string) : undefined;
}

/** What the spans of an orchestration hang below: the request, or, when that had no trace, a trace of its own. */
export function rootSpanContext(
  orchestrationId: string,
  traceparent: string | undefined,
): SpanContext {
  const [, traceId, spanId, flags = "01"] =
    format.exec(parseTraceparent(traceparent) ?? "") ?? [];
  return {
    traceId: traceId ?? hex(`trace ${orchestrationId}`, 32),
    spanId: spanId ?? deriveSpanId(`origin ${orchestrationId}`),
    // Of no account for spans of ours, which are all kept, but handed on to the hub, which may go by it.
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
}

let next: string | undefined;

/** Runs `start`, which makes one span, and gives the span that id. Ids are asked for while a span is being made. */
export function withSpanId<Made>(id: string, start: () => Made): Made {
  next = id;
  try {
    return start();
  } finally {
    next = undefined;
  }
}

/** Whoever makes spans in another way gets an id of this kind all the same. */
let others = 0;
export const spanIdGenerator = {
  generateTraceId: (): string => hex(`other ${process.pid} ${Date.now()}`, 32),
  generateSpanId: (): string =>
    next ?? deriveSpanId(`other ${process.pid} ${Date.now()} ${others++}`),
};
