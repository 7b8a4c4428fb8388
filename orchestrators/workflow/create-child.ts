import type { Agent } from "../../src/domain/agent";
import {
  agentTurnOrchestrator,
  type StepInput,
  type StepOutcome,
  toolStepOrchestrator,
  type WorkflowInput,
} from "../../src/domain/contracts";
import { startChild } from "../../src/domain/durable/calls";
import type { PendingTask } from "../../src/domain/durable/pending-task";
import { AosError } from "../../src/domain/errors";
import { scopeForTemplate } from "../../src/domain/expression/evaluate-in-scope";
import type { Json } from "../../src/domain/payload";
import { toRetryPolicy } from "../../src/domain/retry/retry-policy";
import type { WorkDefinition } from "../../src/domain/workflow/workflow-definition";
import { stepScope, type WorkflowRun, type WorkItem } from "./workflow-run";

export const toWorkDefinition = ({ step }: WorkItem): WorkDefinition =>
  step.kind === "map" ? step.step : step;

/** Describes the sub-orchestration of a work item. */
export function createChild(
  run: WorkflowRun,
  work: WorkItem,
  notifiesWorkflow: boolean,
): PendingTask<StepOutcome> {
  const { context } = run;
  const definition = toWorkDefinition(work);
  const instanceId = toInstanceId(run.input, work, notifiesWorkflow);
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

/**
 * `<orchestration>@<step>~<resumption>.<task number>`, with the suffix `n` if the child notifies the workflow. Children
 * that answer under different task numbers, and children that end differently, have different ids. Ids chosen by
 * callers cannot contain @, so no other orchestration has such an id.
 */
const toInstanceId =
  (
    { orchestrationId, resumption = 0 }: WorkflowInput,
    { id }: WorkItem,
    notifiesWorkflow: boolean,
  ) =>
  (taskNumber: number): string =>
    `${orchestrationId}@${id}~${resumption}.${taskNumber}${notifiesWorkflow ? "n" : ""}`;

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
export const toSessionKey = (
  { input }: WorkflowRun,
  { id }: WorkItem,
  agent: string,
): string =>
  input.sessionId === undefined
    ? `${input.orchestrationId}@${id}`
    : `${agent}:${input.sessionId}`;
