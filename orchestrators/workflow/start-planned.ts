import {
  agentTurn,
  type StepInput,
  type StepOutcome,
  toolStep,
} from "../../src/model/contracts";
import { agentSnapshot } from "../../src/model/agent-snapshot";
import { failureOf } from "../../src/model/activity-failure";
import {
  now,
  type Pending,
  startChild,
  type Steps,
} from "../../src/model/durable";
import type { Json } from "../../src/model/payload";
import { retryPolicy } from "../../src/model/retry";
import { scopeFor } from "../../src/model/scope";
import { noUsage } from "../../src/model/usage";
import type { AgentWork, ToolWork } from "../../src/model/workflow";
import { applyOutcome } from "./apply-outcome";
import { note, type Run, scopeOf, type Work } from "./run";

/** Makes children of all planned work, which the next wait starts. */
export function* startPlanned(run: Run): Steps<void> {
  const planned = run.planned.splice(0);
  // A step that is alone is waited for by itself, and nothing can begin beside it before it has settled.
  const announce = run.children.size + planned.length > 1;
  for (const work of planned) {
    noteStart(run, work);
    try {
      const pending = child(run, work, announce);
      run.children.set(work.id, { work, pending });
      run.toStart.push(pending);
    } catch (thrown) {
      const error = failureOf(thrown);
      yield* applyOutcome(run, work, {
        status: "failed",
        error,
        usage: noUsage,
      });
    }
  }
}

const workOf = ({ step }: Work): AgentWork | ToolWork =>
  step.kind === "map" ? step.step : step;

function noteStart(run: Run, work: Work): void {
  const todo = workOf(work);
  const name =
    todo.kind === "agent" ? { agent: todo.agent } : { tool: todo.tool };
  if (todo.kind === "agent")
    run.turns.set(work.id, {
      agent: todo.agent,
      startedAt: now(run.context),
      conversation: sessionOf(run, work, todo.agent),
      ...(run.input.agents[todo.agent]?.outputSchema !== undefined && {
        outputType: "json",
      }),
    });
  note(run, {
    type: "step.started",
    stepId: work.id,
    attempt: 1,
    data: { kind: todo.kind, ...name },
  });
}

function child(run: Run, work: Work, announce: boolean): Pending<StepOutcome> {
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
      toolStep,
      { ...told, tool: todo.tool, input },
      instanceId,
    );
  }
  const { prompt } = todo;
  const agent = agentSnapshot(run.input, todo.agent);
  const told = stepInput(run, work, prompt, announce);
  const sessionKey = sessionOf(run, work, agent.name);
  return startChild(
    context,
    agentTurn,
    { ...told, agent, prompt, sessionKey },
    instanceId,
  );
}

const stepInput = (
  run: Run,
  work: Work,
  template: Json,
  announce: boolean,
): StepInput => ({
  orchestrationId: run.input.orchestrationId,
  stepId: work.id,
  ...(run.input.traceparent !== undefined && {
    traceparent: run.input.traceparent,
  }),
  scope: scopeFor(template, scopeOf(run, work.step, work)),
  retry: retryPolicy(work.step.retry),
  ...(work.deadline !== undefined && { deadline: work.deadline }),
  announce,
});

/** An agent remembers across orchestrations only in a session that the caller named. */
const sessionOf = ({ input }: Run, { id }: Work, agent: string): string =>
  input.sessionId === undefined
    ? `${input.orchestrationId}@${id}`
    : `${agent}:${input.sessionId}`;
