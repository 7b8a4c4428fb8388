import { callModelActivity, callToolActivity } from "../../domain/contracts";
import { AosError, toFailure } from "../../domain/errors";
import { omitUndefined } from "../../domain/omit-undefined";
import { attributeNames } from "../conventions";
import { type Log, logEvent, toErrorCode } from "../log/log-event";
import { readField, readNumberField, readStringField } from "../untyped-fields";
import { isExporting } from "./export-state";
import { redactSecrets } from "./redact-secrets";
import { withSpanUnder } from "./span";
import { rootSpanContext } from "./trace-ids";
import { turnSpanContext } from "./turn-spans";

interface ActivityOwner {
  readonly orchestrationId: string;
  readonly stepId?: string;
  /** Whether the activity is part of an agent's turn. */
  readonly isTurn: boolean;
  readonly traceparent?: string;
}

/**
 * Runs an activity in a span below the span of its turn, or else of the request that started its orchestration. Logs and
 * redacts its errors.
 */
export async function traceActivity<Result>(
  activity: string,
  input: unknown,
  log: Log,
  work: () => Promise<Result>,
): Promise<Result> {
  const owner = readActivityOwner(input);
  const logged = () =>
    work().catch((thrown: unknown) => {
      logFailure(log, activity, input, toErrorCode(thrown));
      throw withoutSecrets(thrown);
    });
  if (owner === undefined || !isExporting()) return logged();
  const { orchestrationId, stepId, isTurn, traceparent } = owner;
  return withSpanUnder(
    {
      name: activity,
      // A retried activity has the same input, and therefore the same span id.
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
 * The message of an activity's error appears in the log of the host, in the history and in the API, and messages of
 * providers and tools may quote a key.
 */
function withoutSecrets(thrown: unknown): unknown {
  const { message } = toFailure(thrown);
  const redacted = redactSecrets(message);
  if (redacted === message) return thrown;
  return new AosError(
    thrown instanceof AosError ? thrown.code : "internal_error",
    redacted,
  );
}

function logFailure(
  log: Log,
  activity: string,
  input: unknown,
  code: string,
): void {
  const owner = readActivityOwner(input);
  const orchestrationId = owner?.orchestrationId;
  const stepId = owner?.stepId;
  const attempt = readNumberField(input, "attempt");
  const fields = { orchestrationId, stepId, attempt, code };
  if (activity === callModelActivity.name)
    logEvent(log, "model.failed", fields);
  else if (activity === callToolActivity.name)
    logEvent(log, "tool.failed", {
      ...fields,
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

/** Finds the owner in the input itself, its `turn`, or its `call`. Returns undefined when there is none. */
function readActivityOwner(input: unknown): ActivityOwner | undefined {
  const call = readField(input, "call");
  const turn = readField(input, "turn") ?? readField(call, "turn");
  const owner = turn ?? readField(call, "step") ?? input;
  const orchestrationId = readStringField(owner, "orchestrationId");
  if (orchestrationId === undefined) return undefined;
  const stepId = readStringField(owner, "stepId");
  const traceparent =
    readStringField(owner, "traceparent") ??
    readStringField(readField(owner, "metadata"), "traceparent");
  return {
    orchestrationId,
    isTurn: turn !== undefined,
    ...omitUndefined({ stepId, traceparent }),
  };
}
