/** What a turn says to its session. The turn key makes saying it twice harmless. */
import {
  agentSessionEntity,
  type SessionTurnStart,
  type SessionOperationResult,
} from "../../src/domain/session/agent-session";
import type { AgentTurnInput } from "../../src/domain/contracts";
import {
  callEntity,
  type OrchestrationContext,
  type TaskResult,
  type DurableOperation,
} from "../../src/domain/durable";
import type { Usage } from "../../src/domain/usage";

const turnKey = ({ orchestrationId, stepId }: AgentTurnInput): string =>
  `${orchestrationId}/${stepId}`;

const session = ({ sessionKey }: AgentTurnInput) => ({
  name: agentSessionEntity,
  key: sessionKey,
});

export function* beginSessionTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<TaskResult<SessionTurnStart>> {
  const ask = { turnKey: turnKey(input) };
  const answer = yield* callEntity(context, session(input), "begin", ask);
  return unwrapped(
    answer as TaskResult<SessionOperationResult<SessionTurnStart>>,
  );
}

export function* completeSessionTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
  usage: Usage,
): DurableOperation<TaskResult<null>> {
  const ask = { turnKey: turnKey(input), usage: { ...usage } };
  const answer = yield* callEntity(context, session(input), "complete", ask);
  return unwrapped(answer as TaskResult<SessionOperationResult<null>>);
}

function unwrapped<Value>(
  answer: TaskResult<SessionOperationResult<Value>>,
): TaskResult<Value> {
  if (!answer.ok) return answer;
  return "error" in answer.value
    ? { ok: false, failure: answer.value.error }
    : { ok: true, value: answer.value.value };
}
