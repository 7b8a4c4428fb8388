/** Spans of activities and of the calls in them. Orchestrators create none, because a replay would create them again. */
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
  /** Determines the span id. Work that is repeated after a crash has the same key. */
  readonly key: string;
  readonly attributes: Attributes;
  readonly kind?: SpanKind;
  readonly startTime?: Date;
}

/** Context key of the orchestration id of the active span. */
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

/** Runs `work` in a child span of `parent`. */
export async function withSpanUnder<Result>(
  description: SpanDescription,
  parent: SpanContext,
  orchestrationId: string,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = startSpan(description, parent, orchestrationId);
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

/** Runs `work` in a child span of the active AOS span, or without a span when none is active. */
export function withSpan<Result>(
  description: SpanDescription,
  work: (span: Span | undefined) => Promise<Result>,
): Promise<Result> {
  const active = trace.getSpanContext(context.active());
  const orchestrationId = context.active().getValue(orchestrationKey);
  return active === undefined || typeof orchestrationId !== "string"
    ? work(undefined)
    : withSpanUnder(description, active, orchestrationId, work);
}

/** Makes the durable client, which propagates the active span, send the orchestration's trace with its requests. */
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

/** Records only the code: an error message may quote prompts and answers. */
export function setSpanError(span: Span, code: string): void {
  span.setAttribute(attributeNames.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
