/** What a turn says to its session. The turn key makes saying it twice harmless. */
import {
  agentSessionEntity,
  type BegunTurn,
  type SessionAnswer,
} from "../../src/model/agent-session";
import type { AgentTurnInput } from "../../src/model/contracts";
import {
  callEntity,
  type OrchestrationContext,
  type Settled,
  type Steps,
} from "../../src/model/durable";
import type { Usage } from "../../src/model/usage";

const turnKey = ({ orchestrationId, stepId }: AgentTurnInput): string =>
  `${orchestrationId}/${stepId}`;

const session = ({ sessionKey }: AgentTurnInput) => ({
  name: agentSessionEntity,
  key: sessionKey,
});

export function* beginTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
): Steps<Settled<BegunTurn>> {
  const ask = { turnKey: turnKey(input) };
  const answer = yield* callEntity(context, session(input), "begin", ask);
  return unwrapped(answer as Settled<SessionAnswer<BegunTurn>>);
}

export function* completeTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
  usage: Usage,
): Steps<Settled<null>> {
  const ask = { turnKey: turnKey(input), usage: { ...usage } };
  const answer = yield* callEntity(context, session(input), "complete", ask);
  return unwrapped(answer as Settled<SessionAnswer<null>>);
}

function unwrapped<Value>(
  answer: Settled<SessionAnswer<Value>>,
): Settled<Value> {
  if (!answer.ok) return answer;
  return "error" in answer.value
    ? { ok: false, failure: answer.value.error }
    : { ok: true, value: answer.value.value };
}
