/**
 * Turns of agents. A turn spans many activities and no process lives as long as it must, so its span is made when its end
 * is written down, of what was written: its id, times and usage are the same however often that happens.
 */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { HistoryRow } from "../model/history";
import { present } from "../model/present";
import { attributes, names, providerName } from "./conventions";
import { instruments } from "./instruments";
import { fieldIn, numberIn, textIn } from "./row-data";
import { failSpan, startSpan } from "./span";
import { originOf, spanIdOf } from "./trace-ids";

const turnKey = (orchestrationId: string, stepId: string): string =>
  `invoke_agent ${orchestrationId}/${stepId}`;

/** What the spans of a turn's activities hang below, long before it is made. */
export const turnParent = (
  orchestrationId: string,
  stepId: string,
  traceparent: string | undefined,
) => ({
  ...originOf(orchestrationId, traceparent),
  spanId: spanIdOf(turnKey(orchestrationId, stepId)),
});

/**
 * Tells of the turns that these rows are the end of: their spans as often as they are written, because whoever wrote
 * them first may have died before it told, and the id shows that they are one; their number only if they were `added`.
 */
export function recordTurns(
  orchestrationId: string,
  { rows, added }: Readonly<Record<"rows" | "added", readonly HistoryRow[]>>,
  traceparent: string | undefined,
): void {
  for (const row of added) countTurn(row);
  for (const row of rows) {
    const turn = turnOf(row);
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
      originOf(orchestrationId, traceparent),
      orchestrationId,
    );
    if (error !== undefined) failSpan(span, error);
    span.end(new Date(row.at));
  }
}

function countTurn(row: HistoryRow): void {
  const turn = turnOf(row);
  if (turn === undefined) return;
  instruments().turns.add(1, {
    [names.agent]: turn.agent,
    ...(turn.error !== undefined && { [names.errorType]: turn.error }),
  });
}

/** Provider and model are those of the answer that counts; a turn that no model has answered has none. */
export const turnAttributes = (turn: Turn): Attributes =>
  attributes({
    [names.operation]: "invoke_agent",
    [names.provider]: turn.provider && providerName(turn.provider),
    [names.requestModel]: turn.model,
    [names.outputType]: turn.outputType,
    [names.agent]: turn.agent,
    [names.conversation]: turn.conversation,
    [names.step]: turn.stepId,
    [names.inputTokens]: turn.inputTokens,
    [names.outputTokens]: turn.outputTokens,
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
export function turnOf({ type, stepId, data }: HistoryRow): Turn | undefined {
  if (type !== "step.completed" && type !== "step.failed") return undefined;
  const agent = textIn(data, "agent");
  const startedAt = textIn(data, "startedAt");
  if (agent === undefined || startedAt === undefined || stepId === undefined)
    return undefined;
  const usage = fieldIn(data, "usage");
  return {
    stepId,
    agent,
    startedAt,
    inputTokens: numberIn(usage, "inputTokens") ?? 0,
    outputTokens: numberIn(usage, "outputTokens") ?? 0,
    ...present({
      conversation: textIn(data, "conversation"),
      outputType: textIn(data, "outputType"),
      provider: textIn(data, "provider"),
      model: textIn(data, "model"),
      error: textIn(fieldIn(data, "error"), "code"),
    }),
  };
}
