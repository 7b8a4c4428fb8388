/**
 * Spans of agent turns.
 *
 * 1. A turn outlives any process: its span is created from the event that ends the turn.
 * 2. The span id is derived from the orchestration and the step: activities refer to it before the span exists, and
 *    creating the span again exports the same span.
 * 3. An orchestration that was started again repeats turns that had ended: only the turns of new events have a span then.
 */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { omitUndefined } from "../../domain/omit-undefined";
import {
  definedAttributes,
  attributeNames,
  toProviderName,
} from "../conventions";
import { getInstruments } from "../metrics/instruments";
import { readField, readNumberField, readStringField } from "../untyped-fields";
import { setSpanError, startSpan } from "./span";
import { rootSpanContext, deriveSpanId } from "./trace-ids";

const turnKey = (orchestrationId: string, stepId: string): string =>
  `invoke_agent ${orchestrationId}/${stepId}`;

/** The parent of the spans of a turn's activities. */
export const turnSpanContext = (
  orchestrationId: string,
  stepId: string,
  traceparent: string | undefined,
) => ({
  ...rootSpanContext(orchestrationId, traceparent),
  spanId: deriveSpanId(turnKey(orchestrationId, stepId)),
});

/**
 * Exports a span for every turn that ends in `rows`, including rows that an earlier attempt wrote: its process may have
 * crashed before the export. Counts only the turns that end in `added`.
 */
export function recordTurns(
  orchestrationId: string,
  {
    rows,
    added,
    resumption = 0,
  }: Readonly<Record<"rows" | "added", readonly OrchestrationEvent[]>> & {
    readonly resumption: number | undefined;
  },
  traceparent: string | undefined,
): void {
  for (const row of added) countTurn(row);
  for (const row of resumption > 0 ? added : rows) {
    const turn = readEndedTurn(row);
    if (turn === undefined) continue;
    const { stepId, agent, startedAt, error } = turn;
    const span = startSpan(
      {
        name: `invoke_agent ${agent}`,
        key: turnKey(orchestrationId, stepId),
        kind: SpanKind.INTERNAL,
        startTime: new Date(startedAt),
        attributes: turnAttributes(turn),
      },
      rootSpanContext(orchestrationId, traceparent),
      orchestrationId,
    );
    if (error !== undefined) setSpanError(span, error);
    span.end(new Date(row.at));
  }
}

function countTurn(event: OrchestrationEvent): void {
  const turn = readEndedTurn(event);
  if (turn === undefined) return;
  getInstruments().turns.add(1, {
    [attributeNames.agent]: turn.agent,
    ...(turn.error !== undefined && { [attributeNames.errorType]: turn.error }),
  });
}

/** `provider` and `model` are absent when no model has answered. */
const turnAttributes = (turn: EndedTurn): Attributes =>
  definedAttributes({
    [attributeNames.operation]: "invoke_agent",
    [attributeNames.provider]: turn.provider && toProviderName(turn.provider),
    [attributeNames.requestModel]: turn.model,
    [attributeNames.outputType]: turn.outputType,
    [attributeNames.agent]: turn.agent,
    [attributeNames.conversation]: turn.conversation,
    [attributeNames.step]: turn.stepId,
    [attributeNames.inputTokens]: turn.inputTokens,
    [attributeNames.outputTokens]: turn.outputTokens,
  });

interface EndedTurn {
  readonly stepId: string;
  readonly agent: string;
  readonly startedAt: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly conversation?: string;
  readonly outputType?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly error?: string;
}

/** Returns undefined for an event that does not end a turn. */
function readEndedTurn({
  type,
  stepId,
  data,
}: OrchestrationEvent): EndedTurn | undefined {
  if (type !== "step.completed" && type !== "step.failed") return undefined;
  const agent = readStringField(data, "agent");
  const startedAt = readStringField(data, "startedAt");
  if (agent === undefined || startedAt === undefined || stepId === undefined)
    return undefined;
  const usage = readField(data, "usage");
  return {
    stepId,
    agent,
    startedAt,
    inputTokens: readNumberField(usage, "inputTokens") ?? 0,
    outputTokens: readNumberField(usage, "outputTokens") ?? 0,
    ...omitUndefined({
      conversation: readStringField(data, "conversation"),
      outputType: readStringField(data, "outputType"),
      provider: readStringField(data, "provider"),
      model: readStringField(data, "model"),
      error: readStringField(readField(data, "error"), "code"),
    }),
  };
}
