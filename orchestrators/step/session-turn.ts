/** Operations on the session entity. They are idempotent by turn key. */
import type { AgentTurnInput } from "../../src/domain/contracts";
import {
  callEntity,
  type DurableOperation,
  type OrchestrationContext,
  type TaskResult,
} from "../../src/domain/durable";
import {
  agentSessionEntity,
  type SessionOperationResult,
  type SessionTurnStart,
} from "../../src/domain/session/agent-session";
import type { Usage } from "../../src/domain/usage";

const turnKey = ({ orchestrationId, stepId }: AgentTurnInput): string =>
  `${orchestrationId}/${stepId}`;

const sessionEntity = ({ sessionKey }: AgentTurnInput) => ({
  name: agentSessionEntity,
  key: sessionKey,
});

export function* beginSessionTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<TaskResult<SessionTurnStart>> {
  const result = yield* callEntity(context, sessionEntity(input), "begin", {
    turnKey: turnKey(input),
  });
  return unwrapResult(
    result as TaskResult<SessionOperationResult<SessionTurnStart>>,
  );
}

export function* completeSessionTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
  usage: Usage,
): DurableOperation<TaskResult<null>> {
  const result = yield* callEntity(context, sessionEntity(input), "complete", {
    turnKey: turnKey(input),
    usage: { ...usage },
  });
  return unwrapResult(result as TaskResult<SessionOperationResult<null>>);
}

function unwrapResult<Value>(
  result: TaskResult<SessionOperationResult<Value>>,
): TaskResult<Value> {
  if (!result.ok) return result;
  return "error" in result.value
    ? { ok: false, failure: result.value.error }
    : { ok: true, value: result.value.value };
}
