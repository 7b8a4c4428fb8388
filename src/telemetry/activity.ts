/** A span around every activity, below its turn or the request of its orchestration, and a line in the log for a failure. */
import { AosError, toFailure } from "../errors";
import { callModel, callTool } from "../model/contracts";
import { present } from "../model/present";
import { redacted } from "./content";
import { names } from "./conventions";
import { codeIn, type Log, logEvent } from "./log";
import { isExporting } from "./provider-state";
import { inSpanBelow } from "./span";
import { fieldIn, numberIn, textIn } from "./row-data";
import { originOf } from "./trace-ids";
import { turnParent } from "./turns";

/** Where an activity belongs, read from its input. */
export interface Belonging {
  readonly orchestrationId: string;
  readonly stepId?: string;
  /** Whether it is part of a turn of an agent. */
  readonly isTurn: boolean;
  readonly traceparent?: string;
}

export async function activitySpan<Result>(
  activity: string,
  input: unknown,
  log: Log,
  work: () => Promise<Result>,
): Promise<Result> {
  const place = belongingOf(input);
  const logged = () => work().catch((thrown: unknown) => fail(thrown));
  const fail = (thrown: unknown): never => {
    logFailure(log, activity, input, codeIn(thrown));
    throw withoutSecrets(thrown);
  };
  if (place === undefined || !isExporting()) return logged();
  const { orchestrationId, stepId, isTurn, traceparent } = place;
  return inSpanBelow(
    {
      name: activity,
      // The hub gives a repeated activity the input that it had.
      key: `activity ${activity} ${orchestrationId} ${JSON.stringify(input)}`,
      attributes: {
        [names.activity]: activity,
        ...(stepId !== undefined && { [names.step]: stepId }),
      },
    },
    isTurn && stepId !== undefined
      ? turnParent(orchestrationId, stepId, traceparent)
      : originOf(orchestrationId, traceparent),
    orchestrationId,
    logged,
  );
}

/**
 * What an activity throws the host logs with its message, and so do the history and the answer of the API: a provider or
 * a tool may have put a key into it.
 */
function withoutSecrets(thrown: unknown): unknown {
  const { message } = toFailure(thrown);
  const told = redacted(message);
  if (told === message) return thrown;
  return new AosError(
    thrown instanceof AosError ? thrown.code : "internal_error",
    told,
  );
}

/** What failed, by what it was an attempt at. */
function logFailure(
  log: Log,
  activity: string,
  input: unknown,
  code: string,
): void {
  const place = belongingOf(input);
  const orchestrationId = place?.orchestrationId;
  const stepId = place?.stepId;
  const attempt = numberIn(input, "attempt");
  const failed = { orchestrationId, stepId, attempt, code };
  if (activity === callModel.name) logEvent(log, "model.failed", failed);
  else if (activity === callTool.name)
    logEvent(log, "tool.failed", {
      ...failed,
      tool: textIn(input, "tool"),
      idempotencyKey: textIn(input, "idempotencyKey"),
    });
  else
    logEvent(log, "activity.failed", {
      activity,
      orchestrationId,
      stepId,
      code,
    });
}

/** Inputs name their orchestration themselves, in their turn, or in what they are a call of. */
export function belongingOf(input: unknown): Belonging | undefined {
  const call = fieldIn(input, "call");
  const turn = fieldIn(input, "turn") ?? fieldIn(call, "turn");
  const place = turn ?? fieldIn(call, "step") ?? input;
  const orchestrationId = textIn(place, "orchestrationId");
  if (orchestrationId === undefined) return undefined;
  const stepId = textIn(place, "stepId");
  const traceparent =
    textIn(place, "traceparent") ??
    textIn(fieldIn(place, "about"), "traceparent");
  return {
    orchestrationId,
    isTurn: turn !== undefined,
    ...present({ stepId, traceparent }),
  };
}
