import {
  type AgentTurnInput,
  callModelActivity,
  type CallModelOutput,
  callToolActivity,
  type CallToolOutput,
  type StepOutcome,
  type StepRef,
  type TurnRef,
} from "../src/domain/contracts";
import {
  type OrchestrationContext,
  type TaskResult,
  startActivity,
  type DurableOperation,
  type Failure,
} from "../src/domain/durable";
import { addUsage, noUsage } from "../src/domain/usage";
import {
  callWithRetry,
  callAllWithRetry,
  type RetryableCall,
} from "./step/call-with-retry";
import { beginSessionTurn, completeSessionTurn } from "./step/session-turn";
import { runStep } from "./step/run-step";

const defaultMaxRounds = 10;

/**
 * One request to an agent until it answers. Every model call and every tool call is a checkpoint of its own.
 * A step that ran out of time is failed at once, but the engine ends this orchestration only after the call that
 * was too slow has returned, and with it the workflow hears of it only then: calls need time limits of their own.
 */
export const agentTurn = (
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<StepOutcome> =>
  runStep(context, input, turnOf(context, input));

function* turnOf(
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<StepOutcome> {
  const { sessionKey } = input;
  const begun = yield* beginSessionTurn(context, input);
  if (!begun.ok) return failed(begun.failure, { usage: noUsage });
  const { turn, concurrentTurns } = begun.value;
  const outcome = yield* converse(context, input, {
    ...stepRef(input),
    sessionKey,
    turn,
    concurrentTurns,
  });
  const completed = yield* completeSessionTurn(context, input, outcome.usage);
  return completed.ok ? outcome : failed(completed.failure, outcome);
}

function* converse(
  context: OrchestrationContext,
  input: AgentTurnInput,
  turn: TurnRef,
): DurableOperation<StepOutcome> {
  const how = { ...input, step: stepRef(input) };
  const maxRounds = input.agent.maxRounds ?? defaultMaxRounds;
  let spent: Spent = { usage: noUsage };
  for (let round = 0; round < maxRounds; round++) {
    const asked = yield* callWithRetry(
      context,
      how,
      modelCall(context, input, turn, round),
    );
    if (!asked.ok) return failed(asked.failure, spent);
    const { toolCalls, output } = asked.value;
    spent = spend(spent, asked.value);
    if (toolCalls.length === 0)
      return {
        status: "completed",
        output: output ?? { value: null },
        ...spent,
      };
    const called = yield* callAllWithRetry(
      context,
      how,
      toolCalls.map((call) => toolCall(context, input, turn, round, call)),
    );
    spent = called.map(costOf).reduce(spend, spent);
    const failure = called.find((each) => !each.ok)?.failure;
    if (failure !== undefined) return failed(failure, spent);
  }
  return failed(tooManyRounds(input, maxRounds), spent);
}

const stepRef = ({
  orchestrationId,
  stepId,
  traceparent,
}: StepRef): StepRef => ({
  orchestrationId,
  stepId,
  ...(traceparent !== undefined && { traceparent }),
});

type Spent = Pick<StepOutcome, "usage" | "asked">;

/** The model that answered last is the one that the turn is told by. */
const spend = (
  before: Spent,
  { usage, asked = before.asked }: Spent,
): Spent => ({
  usage: addUsage(before.usage, usage),
  ...(asked !== undefined && { asked }),
});

const failed = (error: Failure, { usage, asked }: Spent): StepOutcome => ({
  status: "failed",
  error,
  usage,
  ...(asked !== undefined && { asked }),
});

const modelCall = (
  context: OrchestrationContext,
  { agent, prompt, scope }: AgentTurnInput,
  turn: TurnRef,
  round: number,
): RetryableCall<CallModelOutput> => ({
  name: `model-${round}`,
  start: (attempt, at) =>
    startActivity(context, callModelActivity, {
      turn,
      round,
      attempt,
      at,
      agent,
      prompt,
      scope,
    }),
});

const toolCall = (
  context: OrchestrationContext,
  { agent, orchestrationId, stepId }: AgentTurnInput,
  turn: TurnRef,
  round: number,
  { id: callId, name }: CallModelOutput["toolCalls"][number],
): RetryableCall<CallToolOutput> => ({
  name: `tool-${callId}`,
  start: (attempt, at) =>
    startActivity(context, callToolActivity, {
      attempt,
      at,
      tool: name,
      idempotencyKey: `${orchestrationId}/${stepId}/${turn.turn}/${callId}`,
      call: {
        from: "agent",
        turn,
        round,
        callId,
        agent: agent.name,
        allowed: agent.tools ?? [],
      },
    }),
});

const costOf = (called: TaskResult<CallToolOutput>): Spent => ({
  usage: called.ok ? called.value.usage : noUsage,
});

const tooManyRounds = (
  { agent, stepId }: AgentTurnInput,
  maxRounds: number,
): Failure => ({
  code: "too_many_rounds",
  message: `Agent "${agent.name}" still called tools after ${maxRounds} rounds of step "${stepId}". Raise its maxRounds, or say in its instructions when to stop.`,
});
