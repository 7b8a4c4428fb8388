/**
 * Turns of agents. A turn spans many activities and no process lives as long as it must, so its span is made when its end
 * is written down, of what was written: its id, times and usage are the same however often that happens.
 */
import { SpanKind } from "@opentelemetry/api";
import type { HistoryRow } from "../model/history";
import type { Json } from "../model/payload";
import { names } from "./conventions";
import { instruments } from "./instruments";
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

/** Tells of the turns that these rows are the end of. */
export function recordTurns(
  orchestrationId: string,
  rows: readonly HistoryRow[],
  traceparent: string | undefined,
): void {
  for (const row of rows) {
    const turn = turnOf(row);
    if (turn === undefined) continue;
    const { stepId, agent, startedAt, inputTokens, outputTokens, error } = turn;
    const span = startSpan(
      {
        name: `invoke_agent ${agent}`,
        key: turnKey(orchestrationId, stepId),
        kind: SpanKind.INTERNAL,
        startTime: new Date(startedAt),
        attributes: {
          [names.operation]: "invoke_agent",
          [names.agent]: agent,
          [names.step]: stepId,
          [names.inputTokens]: inputTokens,
          [names.outputTokens]: outputTokens,
        },
      },
      originOf(orchestrationId, traceparent),
      orchestrationId,
    );
    if (error !== undefined) failSpan(span, error);
    span.end(new Date(row.at));
    instruments().turns.add(1, {
      [names.agent]: agent,
      ...(error !== undefined && { [names.errorType]: error }),
    });
  }
}

/** The facts of a turn in the row of its end; undefined for any other row. */
export function turnOf({ type, stepId, data = {} }: HistoryRow) {
  if (type !== "step.completed" && type !== "step.failed") return undefined;
  const { agent, startedAt, usage, error } = data;
  if (typeof agent !== "string" || typeof startedAt !== "string")
    return undefined;
  if (stepId === undefined) return undefined;
  const code = field(error, "code");
  return {
    stepId,
    agent,
    startedAt,
    inputTokens: Number(field(usage, "inputTokens") ?? 0),
    outputTokens: Number(field(usage, "outputTokens") ?? 0),
    ...(typeof code === "string" && { error: code }),
  };
}

const field = (of: Json | undefined, name: string): unknown =>
  typeof of === "object" && of !== null && !Array.isArray(of)
    ? (of as Readonly<Record<string, Json>>)[name]
    : undefined;
