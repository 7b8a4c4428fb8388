import { agentWorkflow } from "../../../orchestrators/agent-workflow";
import type {
  FinishInput,
  StepOutcome,
  WorkflowInput,
} from "../../../src/domain/contracts";
import type { Json } from "../../../src/domain/payload";
import { noUsage } from "../../../src/domain/usage";
import type { StepDefinition } from "../../../src/domain/workflow/workflow-definition";
import type { OpenTask } from "./open-tasks";
import { ReplayEngine } from "./replay-engine";

export const completedStep = (value: Json): StepOutcome => ({
  status: "completed",
  output: { value },
  usage: { ...noUsage, toolCalls: 1 },
});

export const toolStepDefinition = (
  id: string,
  overrides: Partial<StepDefinition> = {},
) => ({ id, kind: "tool", tool: "print", ...overrides }) as StepDefinition;

export async function startWorkflow(
  steps: readonly StepDefinition[],
  overrides: Partial<WorkflowInput> & { readonly output?: Json } = {},
): Promise<ReplayEngine<WorkflowInput>> {
  const { output, ...input } = overrides;
  const engine = new ReplayEngine<WorkflowInput>(agentWorkflow, {
    orchestrationId: "o1",
    definition: {
      name: "w",
      version: "1",
      steps,
      ...(output !== undefined && { output }),
    },
    agents: {},
    input: { value: null },
    ...input,
  });
  await engine.start();
  return engine;
}

/** The child notifies the workflow. */
export const notifySettled = (
  engine: ReplayEngine<WorkflowInput>,
  { call: child, input }: OpenTask,
): Promise<void> => {
  const { stepId } = input as { readonly stepId: string };
  return engine.raise("stepSettled", { stepId, child });
};

/** Completes the activities that end the workflow and returns the input of the last one. */
export async function finish(
  engine: ReplayEngine<WorkflowInput>,
): Promise<FinishInput> {
  await engine.completeAll("recordHistory", null);
  const input: FinishInput = engine.task("finishOrchestration").input;
  await engine.complete("finishOrchestration", { value: null });
  return input;
}
