import type {
  About,
  Scope,
  ScopeStep,
  StepOutcome,
  WorkflowInput,
} from "../../src/model/contracts";
import {
  now,
  type OrchestrationContext,
  type Pending,
} from "../../src/model/durable";
import type { HistoryRow } from "../../src/model/history";
import { type HistoryFact, historyRow } from "../../src/model/history-rows";
import type { MapProgress } from "../../src/model/map-progress";
import { upstreamOf } from "../../src/model/needs";
import type { Payload } from "../../src/model/payload";
import type { StepProgress } from "../../src/model/scheduler";
import { noUsage, type Usage } from "../../src/model/usage";
import type {
  MapStep,
  StepDefinition,
  WorkflowDefinition,
} from "../../src/model/workflow";

/** One thing to run: a step, or an item of a map. `id` is the step's, or such as `read.3`. */
export interface Work {
  readonly id: string;
  readonly step: StepDefinition;
  readonly item?: { readonly index: number; readonly value: Payload };
  readonly deadline?: string;
}

export interface Child {
  readonly work: Work;
  readonly pending: Pending<StepOutcome>;
}

export interface MapRun {
  readonly step: MapStep;
  readonly items: readonly Payload[];
  readonly deadline?: string;
  progress: MapProgress;
}

interface PendingRecord {
  readonly rows: readonly HistoryRow[];
  readonly pending: Pending<null>;
}

interface Turn {
  readonly agent: string;
  readonly startedAt: string;
  /** The key of the agent's session. */
  readonly conversation: string;
  readonly outputType?: "json";
}

/** What one execution of a workflow knows; rebuilt the same by every replay. */
export interface Run {
  readonly context: OrchestrationContext;
  readonly input: WorkflowInput;
  readonly definition: WorkflowDefinition;
  readonly progress: Map<string, StepProgress>;
  readonly settled: Map<string, ScopeStep>;
  readonly maps: Map<string, MapRun>;
  /** Work that no child has been made for. */
  readonly planned: Work[];
  /** By the id of their work. */
  readonly children: Map<string, Child>;
  /** Turns of agents that were begun, by the id of their work: the row of their end tells all of it, for telemetry. */
  readonly turns: Map<string, Turn>;
  /** What the next wait has to start. */
  readonly toStart: Pending<unknown>[];
  /** Waits for `stepSettled` that have not been answered, or whose answer has not been read. */
  readonly events: Pending<unknown>[];
  /** Facts that no record has been made of. */
  readonly due: HistoryRow[];
  /** Facts whose record failed: written with the next, or at the end. */
  readonly unwritten: HistoryRow[];
  readonly records: PendingRecord[];
  usage: Usage;
  /** ISO 8601. */
  readonly startedAt: string;
}

export const newRun = (
  context: OrchestrationContext,
  input: WorkflowInput,
): Run => ({
  context,
  input,
  definition: input.definition,
  progress: new Map(),
  settled: new Map(),
  maps: new Map(),
  planned: [],
  children: new Map(),
  turns: new Map(),
  toStart: [],
  events: [],
  due: [],
  unwritten: [],
  records: [],
  usage: noUsage,
  startedAt: now(context),
});

/** What messages about the orchestration are to say of it. */
export const aboutOf = ({ input, definition }: Run): About => ({
  workflow: definition.name,
  version: definition.version,
  tags: input.tags ?? {},
  ...(input.traceparent !== undefined && { traceparent: input.traceparent }),
});

/** Notes a fact, to be written with the next record. */
export function note(run: Run, fact: Omit<HistoryFact, "at">): void {
  run.due.push(historyRow({ ...fact, at: now(run.context) }));
}

/** What the expressions of a step may name: only what has settled whatever the timing. */
export function scopeOf(run: Run, step: StepDefinition, work?: Work): Scope {
  const upstream = upstreamOf(run.definition, step);
  const visible = [...run.settled].filter(([id]) => upstream.has(id));
  return {
    input: run.input.input,
    steps: Object.fromEntries(visible),
    variables: variablesOf(step, work),
    orchestrationId: run.input.orchestrationId,
  };
}

const variablesOf = (
  step: StepDefinition,
  work: Work | undefined,
): Scope["variables"] =>
  step.kind === "map" && work?.item !== undefined
    ? {
        [step.as]: work.item.value,
        index: { value: work.item.index },
      }
    : {};

export const wholeScope = (run: Run): Scope => ({
  input: run.input.input,
  steps: Object.fromEntries(run.settled),
  variables: {},
  orchestrationId: run.input.orchestrationId,
});
