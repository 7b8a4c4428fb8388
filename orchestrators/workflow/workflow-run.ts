import type {
  ExpressionScope,
  OrchestrationMetadata,
  ScopeStep,
  StepOutcome,
  WorkflowInput,
} from "../../src/domain/contracts";
import {
  currentTime,
  type OrchestrationContext,
} from "../../src/domain/durable/context";
import type { PendingTask } from "../../src/domain/durable/pending-task";
import {
  createEvent,
  type OrchestrationEventInput,
} from "../../src/domain/history/create-event";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { toOrchestrationMetadata } from "../../src/domain/orchestration-metadata";
import type { Payload } from "../../src/domain/payload";
import type { FailureCounts } from "../../src/domain/retry/retry-policy";
import { noUsage, type Usage } from "../../src/domain/usage";
import type { StepProgress } from "../../src/domain/workflow/decide-next-steps";
import type { MapProgress } from "../../src/domain/workflow/map-progress";
import { upstreamSteps } from "../../src/domain/workflow/step-needs";
import type {
  MapStep,
  StepDefinition,
  WorkflowDefinition,
} from "../../src/domain/workflow/workflow-definition";

/** A step, or an item of a `map` step, which has an id such as `read.3`. */
export interface WorkItem {
  readonly id: string;
  readonly step: StepDefinition;
  readonly item?: { readonly index: number; readonly value: Payload };
  readonly deadline?: string;
}

export interface RunningChild {
  readonly work: WorkItem;
  readonly pending: PendingTask<StepOutcome>;
  /** Failures of earlier children of the work item. */
  readonly failures: FailureCounts;
  /** How many earlier children of the work item had an unknown answer. */
  readonly unknownAnswers: number;
}

export interface MapRun {
  readonly step: MapStep;
  readonly items: readonly Payload[];
  readonly deadline?: string;
  progress: MapProgress;
}

interface EventRecord {
  readonly events: readonly OrchestrationEvent[];
  readonly pending: PendingTask<null>;
}

/** Fields of the event that ends an agent turn. Telemetry creates the span of the turn from them. */
interface StartedTurn {
  readonly agent: string;
  readonly startedAt: string;
  /** The session key. */
  readonly conversation: string;
  readonly outputType?: "json";
}

/** The state of one workflow execution. Each replay rebuilds it. */
export interface WorkflowRun {
  readonly context: OrchestrationContext;
  readonly input: WorkflowInput;
  readonly definition: WorkflowDefinition;
  readonly progress: Map<string, StepProgress>;
  readonly settledSteps: Map<string, ScopeStep>;
  readonly maps: Map<string, MapRun>;
  readonly plannedWork: WorkItem[];
  /** By work item id. */
  readonly children: Map<string, RunningChild>;
  /** By work item id. */
  readonly turns: Map<string, StartedTurn>;
  /** Tasks that the next wait schedules. */
  readonly tasksToStart: PendingTask<unknown>[];
  /** Waits for `stepSettled` that are open, or whose event has not been read. */
  readonly stepSettledWaits: PendingTask<unknown>[];
  /** Events that are in no record yet. */
  readonly pendingEvents: OrchestrationEvent[];
  /** Events whose record failed. They are part of the next record. */
  readonly failedEvents: OrchestrationEvent[];
  readonly records: EventRecord[];
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
  startedAt: input.resumedAfter?.startedAt ?? currentTime(context),
});

export const orchestrationMetadata = ({
  input,
}: WorkflowRun): OrchestrationMetadata => toOrchestrationMetadata(input);

/** Adds a history event to the next record. */
export function appendEvent(
  run: WorkflowRun,
  event: Omit<OrchestrationEventInput, "at">,
): void {
  run.pendingEvents.push(
    createEvent({ ...event, at: currentTime(run.context) }),
  );
}

/** Contains only upstream steps, so that the result of an expression does not depend on timing. */
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
    variables: mapVariables(step, work),
    orchestrationId: run.input.orchestrationId,
  };
}

const mapVariables = (
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
