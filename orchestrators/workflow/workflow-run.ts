import type {
  OrchestrationMetadata,
  ExpressionScope,
  ScopeStep,
  StepOutcome,
  WorkflowInput,
} from "../../src/domain/contracts";
import {
  currentTime,
  type OrchestrationContext,
  type PendingTask,
} from "../../src/domain/durable";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import {
  type OrchestrationEventInput,
  createEvent,
} from "../../src/domain/history/create-event";
import type { MapProgress } from "../../src/domain/workflow/map-progress";
import { upstreamSteps } from "../../src/domain/workflow/step-needs";
import type { Payload } from "../../src/domain/payload";
import type { StepProgress } from "../../src/domain/workflow/decide-next-steps";
import { noUsage, type Usage } from "../../src/domain/usage";
import type {
  MapStep,
  StepDefinition,
  WorkflowDefinition,
} from "../../src/domain/workflow/workflow-definition";

/** One thing to run: a step, or an item of a map. `id` is the step's, or such as `read.3`. */
export interface WorkItem {
  readonly id: string;
  readonly step: StepDefinition;
  readonly item?: { readonly index: number; readonly value: Payload };
  readonly deadline?: string;
}

export interface RunningChild {
  readonly work: WorkItem;
  readonly pending: PendingTask<StepOutcome>;
}

export interface MapRun {
  readonly step: MapStep;
  readonly items: readonly Payload[];
  readonly deadline?: string;
  progress: MapProgress;
}

interface PendingRecord {
  readonly rows: readonly OrchestrationEvent[];
  readonly pending: PendingTask<null>;
}

interface Turn {
  readonly agent: string;
  readonly startedAt: string;
  /** The key of the agent's session. */
  readonly conversation: string;
  readonly outputType?: "json";
}

/** What one execution of a workflow knows; rebuilt the same by every replay. */
export interface WorkflowRun {
  readonly context: OrchestrationContext;
  readonly input: WorkflowInput;
  readonly definition: WorkflowDefinition;
  readonly progress: Map<string, StepProgress>;
  readonly settledSteps: Map<string, ScopeStep>;
  readonly maps: Map<string, MapRun>;
  /** Work that no child has been made for. */
  readonly plannedWork: WorkItem[];
  /** By the id of their work. */
  readonly children: Map<string, RunningChild>;
  /** Turns of agents that were begun, by the id of their work: the row of their end tells all of it, for telemetry. */
  readonly turns: Map<string, Turn>;
  /** What the next wait has to start. */
  readonly tasksToStart: PendingTask<unknown>[];
  /** Waits for `stepSettled` that have not been answered, or whose answer has not been read. */
  readonly stepSettledWaits: PendingTask<unknown>[];
  /** Facts that no record has been made of. */
  readonly pendingEvents: OrchestrationEvent[];
  /** Facts whose record failed: written with the next, or at the end. */
  readonly failedEvents: OrchestrationEvent[];
  readonly records: PendingRecord[];
  usage: Usage;
  /** ISO 8601. */
  readonly startedAt: string;
}

export const createWorkflowRun = (
  context: OrchestrationContext,
  input: WorkflowInput,
): WorkflowRun => ({
  context,
  input,
  definition: input.definition,
  progress: new Map(),
  settledSteps: new Map(),
  maps: new Map(),
  plannedWork: [],
  children: new Map(),
  turns: new Map(),
  tasksToStart: [],
  stepSettledWaits: [],
  pendingEvents: [],
  failedEvents: [],
  records: [],
  usage: noUsage,
  startedAt: currentTime(context),
});

/** What messages about the orchestration are to say of it. */
export const orchestrationMetadata = ({
  input,
  definition,
}: WorkflowRun): OrchestrationMetadata => ({
  workflow: definition.name,
  version: definition.version,
  tags: input.tags ?? {},
  ...(input.traceparent !== undefined && { traceparent: input.traceparent }),
});

/** Notes a fact, to be written with the next record. */
export function appendEvent(
  run: WorkflowRun,
  fact: Omit<OrchestrationEventInput, "at">,
): void {
  run.pendingEvents.push(
    createEvent({ ...fact, at: currentTime(run.context) }),
  );
}

/** What the expressions of a step may name: only what has settled whatever the timing. */
export function stepScope(
  run: WorkflowRun,
  step: StepDefinition,
  work?: WorkItem,
): ExpressionScope {
  const upstream = upstreamSteps(run.definition, step);
  const visible = [...run.settledSteps].filter(([id]) => upstream.has(id));
  return {
    input: run.input.input,
    steps: Object.fromEntries(visible),
    variables: variablesOf(step, work),
    orchestrationId: run.input.orchestrationId,
  };
}

const variablesOf = (
  step: StepDefinition,
  work: WorkItem | undefined,
): ExpressionScope["variables"] =>
  step.kind === "map" && work?.item !== undefined
    ? {
        [step.as]: work.item.value,
        index: { value: work.item.index },
      }
    : {};

export const workflowScope = (run: WorkflowRun): ExpressionScope => ({
  input: run.input.input,
  steps: Object.fromEntries(run.settledSteps),
  variables: {},
  orchestrationId: run.input.orchestrationId,
});
