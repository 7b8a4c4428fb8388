/** A span around every activity, below its turn or the request of its orchestration, and a line in the log for a failure. */
import { AosError, toFailure } from "../../domain/errors";
import { callModelActivity, callToolActivity } from "../../domain/contracts";
import { omitUndefined } from "../../domain/omit-undefined";
import { redactSecrets } from "./content";
import { attributeNames } from "../conventions";
import { toErrorCode, type Log, logEvent } from "../log/log-event";
import { isExporting } from "./export-state";
import { withSpanUnder } from "./span";
import { readField, readNumberField, readStringField } from "../untyped-fields";
import { rootSpanContext } from "./trace-ids";
import { turnSpanContext } from "./turn-spans";

/** Where an activity belongs, read from its input. */
export interface ActivityOwner {
  readonly orchestrationId: string;
  readonly stepId?: string;
  /** Whether it is part of a turn of an agent. */
  readonly isTurn: boolean;
  readonly traceparent?: string;
}

export async function traceActivity<Result>(
  activity: string,
  input: unknown,
  log: Log,
  work: () => Promise<Result>,
): Promise<Result> {
  const place = readActivityOwner(input);
  const logged = () => work().catch((thrown: unknown) => fail(thrown));
  const fail = (thrown: unknown): never => {
    logFailure(log, activity, input, toErrorCode(thrown));
    throw withoutSecrets(thrown);
  };
  if (place === undefined || !isExporting()) return logged();
  const { orchestrationId, stepId, isTurn, traceparent } = place;
  return withSpanUnder(
    {
      name: activity,
      // The hub gives a repeated activity the input that it had.
      key: `activity ${activity} ${orchestrationId} ${JSON.stringify(input)}`,
      attributes: {
        [attributeNames.activity]: activity,
        ...(stepId !== undefined && { [attributeNames.step]: stepId }),
      },
    },
    isTurn && stepId !== undefined
      ? turnSpanContext(orchestrationId, stepId, traceparent)
      : rootSpanContext(orchestrationId, traceparent),
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
  const told = redactSecrets(message);
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
  const place = readActivityOwner(input);
  const orchestrationId = place?.orchestrationId;
  const stepId = place?.stepId;
  const attempt = readNumberField(input, "attempt");
  const failed = { orchestrationId, stepId, attempt, code };
  if (activity === callModelActivity.name)
    logEvent(log, "model.failed", failed);
  else if (activity === callToolActivity.name)
    logEvent(log, "tool.failed", {
      ...failed,
      tool: readStringField(input, "tool"),
      idempotencyKey: readStringField(input, "idempotencyKey"),
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
export function readActivityOwner(input: unknown): ActivityOwner | undefined {
  const call = readField(input, "call");
  const turn = readField(input, "turn") ?? readField(call, "turn");
  const place = turn ?? readField(call, "step") ?? input;
  const orchestrationId = readStringField(place, "orchestrationId");
  if (orchestrationId === undefined) return undefined;
  const stepId = readStringField(place, "stepId");
  const traceparent =
    readStringField(place, "traceparent") ??
    readStringField(readField(place, "about"), "traceparent");
  return {
    orchestrationId,
    isTurn: turn !== undefined,
    ...omitUndefined({ stepId, traceparent }),
  };
}
