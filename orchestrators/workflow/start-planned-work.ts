import {
  agentTurnOrchestrator,
  type StepInput,
  type StepOutcome,
  toolStepOrchestrator,
} from "../../src/domain/contracts";
import { getAgentSnapshot } from "../../src/domain/workflow/agent-snapshot";
import { parseTaskFailure } from "../../src/domain/task-failure";
import {
  currentTime,
  type PendingTask,
  startChild,
  type DurableOperation,
} from "../../src/domain/durable";
import type { Json } from "../../src/domain/payload";
import { toRetryPolicy } from "../../src/domain/retry/retry-policy";
import { scopeForTemplate } from "../../src/domain/expression/evaluate-in-scope";
import { noUsage } from "../../src/domain/usage";
import type {
  AgentWork,
  ToolWork,
} from "../../src/domain/workflow/workflow-definition";
import { applyWorkOutcome } from "./apply-outcome";
import {
  appendEvent,
  type WorkflowRun,
  stepScope,
  type WorkItem,
} from "./workflow-run";

/** Makes children of all planned work, which the next wait starts. */
export function* startPlannedWork(run: WorkflowRun): DurableOperation<void> {
  const planned = run.plannedWork.splice(0);
  // A step that is alone is waited for by itself, and nothing can begin beside it before it has settled.
  const announce = run.children.size + planned.length > 1;
  for (const work of planned) {
    noteStart(run, work);
    try {
      const pending = child(run, work, announce);
      run.children.set(work.id, { work, pending });
      run.tasksToStart.push(pending);
    } catch (thrown) {
      const error = parseTaskFailure(thrown);
      yield* applyWorkOutcome(run, work, {
        status: "failed",
        error,
        usage: noUsage,
      });
    }
  }
}

const workOf = ({ step }: WorkItem): AgentWork | ToolWork =>
  step.kind === "map" ? step.step : step;

function noteStart(run: WorkflowRun, work: WorkItem): void {
  const todo = workOf(work);
  const name =
    todo.kind === "agent" ? { agent: todo.agent } : { tool: todo.tool };
  if (todo.kind === "agent")
    run.turns.set(work.id, {
      agent: todo.agent,
      startedAt: currentTime(run.context),
      conversation: sessionOf(run, work, todo.agent),
      ...(run.input.agents[todo.agent]?.outputSchema !== undefined && {
        outputType: "json",
      }),
    });
  appendEvent(run, {
    type: "step.started",
    stepId: work.id,
    attempt: 1,
    data: { kind: todo.kind, ...name },
  });
}

function child(
  run: WorkflowRun,
  work: WorkItem,
  announce: boolean,
): PendingTask<StepOutcome> {
  const { context } = run;
  const { orchestrationId } = run.input;
  const todo = workOf(work);
  // No id that a caller may choose has an @ in it, so no orchestration of theirs can be in the way.
  const instanceId = `${orchestrationId}@${work.id}`;
  if (todo.kind === "tool") {
    const input = todo.input ?? {};
    const told = stepInput(run, work, input, announce);
    return startChild(
      context,
      toolStepOrchestrator,
      { ...told, tool: todo.tool, input },
      instanceId,
    );
  }
  const { prompt } = todo;
  const agent = getAgentSnapshot(run.input, todo.agent);
  const told = stepInput(run, work, prompt, announce);
  const sessionKey = sessionOf(run, work, agent.name);
  return startChild(
    context,
    agentTurnOrchestrator,
    { ...told, agent, prompt, sessionKey },
    instanceId,
  );
}

const stepInput = (
  run: WorkflowRun,
  work: WorkItem,
  template: Json,
  announce: boolean,
): StepInput => ({
  orchestrationId: run.input.orchestrationId,
  stepId: work.id,
  ...(run.input.traceparent !== undefined && {
    traceparent: run.input.traceparent,
  }),
  scope: scopeForTemplate(template, stepScope(run, work.step, work)),
  retry: toRetryPolicy(work.step.retry),
  ...(work.deadline !== undefined && { deadline: work.deadline }),
  announce,
});

/** An agent remembers across orchestrations only in a session that the caller named. */
const sessionOf = (
  { input }: WorkflowRun,
  { id }: WorkItem,
  agent: string,
): string =>
  input.sessionId === undefined
    ? `${input.orchestrationId}@${id}`
    : `${agent}:${input.sessionId}`;
