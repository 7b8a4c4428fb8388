import type { Agent } from "../../src/domain/agent";
import {
  agentTurnOrchestrator,
  type StepInput,
  type StepOutcome,
  toolStepOrchestrator,
  type WorkflowInput,
} from "../../src/domain/contracts";
import {
  currentTime,
  type DurableOperation,
  type PendingTask,
  startChild,
} from "../../src/domain/durable";
import { AosError } from "../../src/domain/errors";
import { scopeForTemplate } from "../../src/domain/expression/evaluate-in-scope";
import type { Json } from "../../src/domain/payload";
import { toRetryPolicy } from "../../src/domain/retry/retry-policy";
import { parseTaskFailure } from "../../src/domain/task-failure";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";
import type { WorkDefinition } from "../../src/domain/workflow/workflow-definition";
import { applyWorkOutcome } from "./apply-outcome";
import {
  appendEvent,
  stepScope,
  type WorkflowRun,
  type WorkItem,
} from "./workflow-run";

/** Creates a sub-orchestration for each planned work item. The next wait starts them. */
export function* startPlannedWork(run: WorkflowRun): DurableOperation<void> {
  const planned = run.plannedWork.splice(0);
  // A single child is awaited by itself, because no other step can start before it settles.
  const notifiesWorkflow = run.children.size + planned.length > 1;
  for (const work of planned) {
    appendStartedEvent(run, work);
    try {
      const pending = createChild(run, work, notifiesWorkflow);
      run.children.set(work.id, { work, pending });
      run.tasksToStart.push(pending);
    } catch (thrown) {
      const outcome = failedOutcome(parseTaskFailure(thrown));
      yield* applyWorkOutcome(run, work, outcome);
    }
  }
}

const toWorkDefinition = ({ step }: WorkItem): WorkDefinition =>
  step.kind === "map" ? step.step : step;

function appendStartedEvent(run: WorkflowRun, work: WorkItem): void {
  const definition = toWorkDefinition(work);
  if (definition.kind === "agent")
    run.turns.set(work.id, {
      agent: definition.agent,
      startedAt: currentTime(run.context),
      conversation: toSessionKey(run, work, definition.agent),
      ...(run.input.agents[definition.agent]?.outputSchema !== undefined && {
        outputType: "json",
      }),
    });
  appendEvent(run, {
    type: "step.started",
    stepId: work.id,
    attempt: 1,
    data: {
      kind: definition.kind,
      ...(definition.kind === "agent"
        ? { agent: definition.agent }
        : { tool: definition.tool }),
    },
  });
}

function createChild(
  run: WorkflowRun,
  work: WorkItem,
  notifiesWorkflow: boolean,
): PendingTask<StepOutcome> {
  const { context } = run;
  const definition = toWorkDefinition(work);
  // Ids chosen by callers cannot contain @, so this one cannot be in use.
  const instanceId = `${run.input.orchestrationId}@${work.id}`;
  if (definition.kind === "tool") {
    const { tool, input = {} } = definition;
    return startChild(
      context,
      toolStepOrchestrator,
      { ...createStepInput(run, work, input, notifiesWorkflow), tool, input },
      instanceId,
    );
  }
  const { prompt } = definition;
  const agent = getAgentSnapshot(run.input, definition.agent);
  return startChild(
    context,
    agentTurnOrchestrator,
    {
      ...createStepInput(run, work, prompt, notifiesWorkflow),
      agent,
      prompt,
      sessionKey: toSessionKey(run, work, agent.name),
    },
    instanceId,
  );
}

const createStepInput = (
  run: WorkflowRun,
  work: WorkItem,
  template: Json,
  notifiesWorkflow: boolean,
): StepInput => ({
  orchestrationId: run.input.orchestrationId,
  stepId: work.id,
  ...(run.input.traceparent !== undefined && {
    traceparent: run.input.traceparent,
  }),
  scope: scopeForTemplate(template, stepScope(run, work.step, work)),
  retry: toRetryPolicy(work.step.retry),
  ...(work.deadline !== undefined && { deadline: work.deadline }),
  notifiesWorkflow,
});

function getAgentSnapshot(input: WorkflowInput, name: string): Agent {
  const agent = Object.hasOwn(input.agents, name)
    ? input.agents[name]
    : undefined;
  if (agent !== undefined) return agent;
  throw new AosError(
    "agent_not_found",
    `The input of orchestration "${input.orchestrationId}" contains no agent "${name}". Start a new orchestration.`,
  );
}

/** An agent has a session across orchestrations only if the caller named one. */
const toSessionKey = (
  { input }: WorkflowRun,
  { id }: WorkItem,
  agent: string,
): string =>
  input.sessionId === undefined
    ? `${input.orchestrationId}@${id}`
    : `${agent}:${input.sessionId}`;
