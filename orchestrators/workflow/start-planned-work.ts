import {
  currentTime,
  type DurableOperation,
} from "../../src/domain/durable/context";
import { noFailures } from "../../src/domain/retry/retry-policy";
import { parseTaskFailure } from "../../src/domain/task-failure";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";
import { applyWorkOutcome } from "./apply-outcome";
import { createChild, toSessionKey, toWorkDefinition } from "./create-child";
import { appendEvent, type WorkflowRun, type WorkItem } from "./workflow-run";

/** Creates a sub-orchestration for each planned work item. The next wait starts them. */
export function* startPlannedWork(run: WorkflowRun): DurableOperation<void> {
  const planned = run.plannedWork.splice(0);
  // A single child is awaited by itself, because no other step can start before it settles.
  const notifiesWorkflow = run.children.size + planned.length > 1;
  for (const work of planned) {
    appendStartedEvent(run, work);
    try {
      const pending = createChild(run, work, notifiesWorkflow);
      run.children.set(work.id, {
        work,
        pending,
        failures: noFailures,
        unknownAnswers: 0,
      });
      run.tasksToStart.push(pending);
    } catch (thrown) {
      const outcome = failedOutcome(parseTaskFailure(thrown));
      yield* applyWorkOutcome(run, work, outcome);
    }
  }
}

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
