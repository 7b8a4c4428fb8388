import { agentTurn } from "../../../orchestrators/agent-turn";
import { toolStep } from "../../../orchestrators/tool-step";
import type {
  AgentTurnInput,
  StepInput,
  ToolStepInput,
} from "../../../src/domain/contracts";
import { ReplayEngine } from "./replay-engine";

const step: StepInput = {
  orchestrationId: "o1",
  stepId: "s",
  scope: {
    input: { value: null },
    steps: {},
    variables: {},
    orchestrationId: "o1",
  },
  retry: { maxAttempts: 3, firstDelayMs: 2_000, backoff: 2 },
  notifiesWorkflow: false,
};

export async function startToolStep(overrides: Partial<ToolStepInput> = {}) {
  const input = { ...step, tool: "print", input: {}, ...overrides };
  const engine = new ReplayEngine<ToolStepInput>(toolStep, input);
  await engine.start();
  return engine;
}

/** Starts a turn of an agent, whose session has not assigned it a number. */
export async function beginTurn(overrides: Partial<AgentTurnInput> = {}) {
  const engine = new ReplayEngine<AgentTurnInput>(agentTurn, {
    ...step,
    agent: { name: "reader", instructions: "Read.", tools: ["look"] },
    prompt: "Read it.",
    sessionKey: "k",
    ...overrides,
  });
  await engine.start();
  return engine;
}

/** Starts a turn of an agent, whose session assigns it the number 4. */
export async function startTurn(overrides: Partial<AgentTurnInput> = {}) {
  const engine = await beginTurn(overrides);
  await engine.complete("entity", { turn: 4, concurrentTurns: [3] });
  return engine;
}
