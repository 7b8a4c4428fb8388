/** Spans of work that is done here and now. Orchestrators make none: they run again with every replay. */
import {
  type Attributes,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { toFailure } from "../errors";
import { names } from "./conventions";
import { originOf, spanIdOf, withSpanId } from "./trace-ids";

export interface SpanPlan {
  readonly name: string;
  /** What the span is about: the same for work that is done again. */
  readonly key: string;
  readonly attributes: Attributes;
  readonly kind?: SpanKind;
  readonly startTime?: Date;
}

/** In the context of a span of ours: whose it is. */
const orchestrationKey = createContextKey(names.orchestration);

export function startSpan(
  { name, key, attributes, kind = SpanKind.INTERNAL, startTime }: SpanPlan,
  parent: SpanContext,
  orchestrationId: string,
): Span {
  return withSpanId(spanIdOf(key), () =>
    trace.getTracer("aos").startSpan(
      name,
      {
        kind,
        attributes: { ...attributes, [names.orchestration]: orchestrationId },
        ...(startTime !== undefined && { startTime }),
      },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    ),
  );
}

/** Runs the work in a span below `parent`; spans that are made within are below it. */
export async function inSpanBelow<Result>(
  plan: SpanPlan,
  parent: SpanContext,
  orchestrationId: string,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = startSpan(plan, parent, orchestrationId);
  try {
    return await context.with(
      trace.setSpan(
        ROOT_CONTEXT.setValue(orchestrationKey, orchestrationId),
        span,
      ),
      () => work(span),
    );
  } catch (thrown) {
    failSpan(span, toFailure(thrown).code);
    throw thrown;
  } finally {
    span.end();
  }
}

/** Runs the work in a span below the one around it; outside of any, in none. */
export function inSpan<Result>(
  plan: SpanPlan,
  work: (span: Span | undefined) => Promise<Result>,
): Promise<Result> {
  const outer = trace.getSpanContext(context.active());
  const orchestrationId = context.active().getValue(orchestrationKey);
  return outer === undefined || typeof orchestrationId !== "string"
    ? work(undefined)
    : inSpanBelow(plan, outer, orchestrationId, work);
}

/**
 * Runs work whose requests to the hub carry the trace of the orchestration, whoever makes them and in whatever trace
 * that is: the durable client sends the trace of the span that is active.
 */
export const inTraceOf = <Result>(
  orchestrationId: string,
  traceparent: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> =>
  context.with(
    trace.setSpanContext(ROOT_CONTEXT, originOf(orchestrationId, traceparent)),
    work,
  );

/** The code only: messages may quote what people and models said. */
export function failSpan(span: Span, code: string): void {
  span.setAttribute(names.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
