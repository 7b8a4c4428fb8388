/**
 * Turns of agents. A turn spans many activities and no process lives as long as it must, so its span is made when its end
 * is written down, of what was written: its id, times and usage are the same however often that happens.
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

/** What the spans of a turn's activities hang below, long before it is made. */
export const turnSpanContext = (
  orchestrationId: string,
  stepId: string,
  traceparent: string | undefined,
) => ({
  ...rootSpanContext(orchestrationId, traceparent),
  spanId: deriveSpanId(turnKey(orchestrationId, stepId)),
});

/**
 * Tells of the turns that these rows are the end of: their spans as often as they are written, because whoever wrote
 * them first may have died before it told, and the id shows that they are one; their number only if they were `added`.
 */
export function recordTurns(
  orchestrationId: string,
  {
    rows,
    added,
  }: Readonly<Record<"rows" | "added", readonly OrchestrationEvent[]>>,
  traceparent: string | undefined,
): void {
  for (const row of added) countTurn(row);
  for (const row of rows) {
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

function countTurn(row: OrchestrationEvent): void {
  const turn = readEndedTurn(row);
  if (turn === undefined) return;
  getInstruments().turns.add(1, {
    [attributeNames.agent]: turn.agent,
    ...(turn.error !== undefined && { [attributeNames.errorType]: turn.error }),
  });
}

/** Provider and model are those of the answer that counts; a turn that no model has answered has none. */
export const turnAttributes = (turn: Turn): Attributes =>
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

interface Turn {
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

/** The facts of a turn in the row of its end; undefined for any other row. Rows of earlier versions have fewer. */
export function readEndedTurn({
  type,
  stepId,
  data,
}: OrchestrationEvent): Turn | undefined {
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
