import type { Answer, TaskResult } from "../src/domain/answers/answer";
import {
  type AgentTurnInput,
  callModelActivity,
  type CallModelOutput,
  callToolActivity,
  type CallToolOutput,
  type StepCost,
  type StepOutcome,
  type TurnRef,
} from "../src/domain/contracts";
import { startActivity } from "../src/domain/durable/calls";
import type {
  DurableOperation,
  OrchestrationContext,
} from "../src/domain/durable/context";
import type { Failure } from "../src/domain/errors";
import { addUsage, noUsage } from "../src/domain/usage";
import { failedOutcome } from "../src/domain/workflow/failed-outcome";
import {
  callAllWithRetry,
  callWithRetry,
  type RetryableCall,
} from "./step/call-with-retry";
import { runStep, toStepRef } from "./step/run-step";
import { beginSessionTurn, completeSessionTurn } from "./step/session-turn";

const defaultMaxRounds = 10;

/**
 * Runs one turn: calls the model and the tools that it requests until the model answers. Each call is a checkpoint. A
 * turn fails at its deadline, but the engine completes the orchestration only after its running calls have returned.
 * Therefore model and tool calls need time limits, too.
 */
export const agentTurn = (
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<Answer<StepOutcome>> =>
  runStep(context, input, runTurn(context, input));

function* runTurn(
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<StepOutcome> {
  const { sessionKey } = input;
  const begun = yield* beginSessionTurn(context, input);
  if (!begun.ok) return failedOutcome(begun.failure);
  const { turn, concurrentTurns } = begun.value;
  const outcome = yield* converse(context, input, {
    ...toStepRef(input),
    sessionKey,
    turn,
    concurrentTurns,
  });
  const completed = yield* completeSessionTurn(context, input, outcome.usage);
  return completed.ok ? outcome : failedOutcome(completed.failure, outcome);
}

function* converse(
  context: OrchestrationContext,
  input: AgentTurnInput,
  turn: TurnRef,
): DurableOperation<StepOutcome> {
  const options = { ...input, step: toStepRef(input) };
  const maxRounds = input.agent.maxRounds ?? defaultMaxRounds;
  let cost: StepCost = { usage: noUsage };
  for (let round = 0; round < maxRounds; round++) {
    const response = yield* callWithRetry(
      context,
      options,
      modelCall(context, input, turn, round),
    );
    if (!response.ok) return failedOutcome(response.failure, cost);
    const { toolCalls, output } = response.value;
    cost = addCost(cost, response.value);
    if (toolCalls.length === 0)
      return {
        status: "completed",
        output: output ?? { value: null },
        ...cost,
      };
    const results = yield* callAllWithRetry(
      context,
      options,
      toolCalls.map((call) => toolCall(context, input, turn, round, call)),
    );
    cost = results.map(toolCallCost).reduce(addCost, cost);
    const failure = results.find((each) => !each.ok)?.failure;
    if (failure !== undefined) return failedOutcome(failure, cost);
  }
  return failedOutcome(tooManyRounds(input, maxRounds), cost);
}

/** Keeps the identity of the model that answered last. */
const addCost = (
  total: StepCost,
  { usage, requestedModel = total.requestedModel }: StepCost,
): StepCost => ({
  usage: addUsage(total.usage, usage),
  ...(requestedModel !== undefined && { requestedModel }),
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

const toolCallCost = (result: TaskResult<CallToolOutput>): StepCost => ({
  usage: result.ok ? result.value.usage : noUsage,
});

const tooManyRounds = (
  { agent, stepId }: AgentTurnInput,
  maxRounds: number,
): Failure => ({
  code: "too_many_rounds",
  message: `Agent "${agent.name}" did not answer step "${stepId}" within ${maxRounds} rounds of tool calls. Increase its maxRounds, or state in its instructions when to stop.`,
});
