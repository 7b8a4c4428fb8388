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
import { toFailure } from "../../domain/errors";
import { attributeNames } from "../conventions";
import { rootSpanContext, deriveSpanId, withSpanId } from "./trace-ids";

export interface SpanDescription {
  readonly name: string;
  /** What the span is about: the same for work that is done again. */
  readonly key: string;
  readonly attributes: Attributes;
  readonly kind?: SpanKind;
  readonly startTime?: Date;
}

/** In the context of a span of ours: whose it is. */
const orchestrationKey = createContextKey(attributeNames.orchestration);

export function startSpan(
  {
    name,
    key,
    attributes,
    kind = SpanKind.INTERNAL,
    startTime,
  }: SpanDescription,
  parent: SpanContext,
  orchestrationId: string,
): Span {
  return withSpanId(deriveSpanId(key), () =>
    trace.getTracer("aos").startSpan(
      name,
      {
        kind,
        attributes: {
          ...attributes,
          [attributeNames.orchestration]: orchestrationId,
        },
        ...(startTime !== undefined && { startTime }),
      },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    ),
  );
}

/** Runs the work in a span below `parent`; spans that are made within are below it. */
export async function withSpanUnder<Result>(
  plan: SpanDescription,
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
    setSpanError(span, toFailure(thrown).code);
    throw thrown;
  } finally {
    span.end();
  }
}

/** Runs the work in a span below the one around it; outside of any, in none. */
export function withSpan<Result>(
  plan: SpanDescription,
  work: (span: Span | undefined) => Promise<Result>,
): Promise<Result> {
  const outer = trace.getSpanContext(context.active());
  const orchestrationId = context.active().getValue(orchestrationKey);
  return outer === undefined || typeof orchestrationId !== "string"
    ? work(undefined)
    : withSpanUnder(plan, outer, orchestrationId, work);
}

/**
 * Runs work whose requests to the hub carry the trace of the orchestration, whoever makes them and in whatever trace
 * that is: the durable client sends the trace of the span that is active.
 */
export const withOrchestrationTrace = <Result>(
  orchestrationId: string,
  traceparent: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> =>
  context.with(
    trace.setSpanContext(
      ROOT_CONTEXT,
      rootSpanContext(orchestrationId, traceparent),
    ),
    work,
  );

/** The code only: messages may quote what people and models said. */
export function setSpanError(span: Span, code: string): void {
  span.setAttribute(attributeNames.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
