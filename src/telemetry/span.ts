/** Spans of work that is done here and now. Orchestrators make none: they run again with every replay. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { toFailure } from "../errors";
import { names } from "./conventions";
import { spanIdOf, withSpanId } from "./trace-ids";

export interface SpanPlan {
  readonly name: string;
  /** What the span is about: the same for work that is done again. */
  readonly key: string;
  readonly attributes: Attributes;
  readonly kind?: SpanKind;
  readonly startTime?: Date;
}

const around = new AsyncLocalStorage<
  Readonly<{ span: SpanContext; orchestrationId: string }>
>();

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
    return await around.run({ span: span.spanContext(), orchestrationId }, () =>
      work(span),
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
  const outer = around.getStore();
  return outer === undefined
    ? work(undefined)
    : inSpanBelow(plan, outer.span, outer.orchestrationId, work);
}

/** The code only: messages may quote what people and models said. */
export function failSpan(span: Span, code: string): void {
  span.setAttribute(names.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
