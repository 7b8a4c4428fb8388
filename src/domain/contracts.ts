/**
 * What orchestrators, activities and entities say to each other: each named once, with input and output types.
 * Orchestrators call by contract, `main.ts` registers by contract; a handler of another type does not compile.
 */
import type { Failure } from "./errors";
import type { Agent } from "./agent";
import type {
  OrchestrationEvent,
  OrchestrationStatus,
} from "./history/orchestration-history";
import type { Json, Payload } from "./payload";
import type { Usage } from "./usage";
import type { WorkflowDefinition } from "./workflow/workflow-definition";

declare const input: unique symbol;
declare const output: unique symbol;

interface Contract<Kind extends string, I, O> {
  readonly kind: Kind;
  readonly name: string;
  readonly [input]?: I;
  readonly [output]?: O;
}
export type ActivityContract<I, O> = Contract<"activity", I, O>;
export type OrchestratorContract<I, O> = Contract<"orchestrator", I, O>;

const activity = <I, O>(name: string): ActivityContract<I, O> => ({
  kind: "activity",
  name,
});
const orchestrator = <I, O>(name: string): OrchestratorContract<I, O> => ({
  kind: "orchestrator",
  name,
});

/** What expressions may name. Outputs may be references; whoever evaluates in an activity loads them first. */
export interface ExpressionScope {
  readonly input: Payload;
  readonly steps: Readonly<Record<string, ScopeStep>>;
  /** The variables of a `map`, for example `doc`, and `index`. */
  readonly variables: Readonly<Record<string, Payload>>;
  readonly orchestrationId: string;
}
export interface ScopeStep {
  readonly status: "completed" | "failed" | "skipped";
  readonly output: Payload;
  readonly error?: Failure;
}

/** Which attempt of which step of which orchestration something belongs to. Map items have ids such as `read.3`. */
export interface StepRef {
  readonly orchestrationId: string;
  readonly stepId: string;
  /** Of the request, W3C Trace Context. */
  readonly traceparent?: string;
}

/** One turn of an agent session. `sessionKey` names the transcript; turns count from 1 within it. */
export interface TurnRef extends StepRef {
  readonly sessionKey: string;
  readonly turn: number;
  /** Turns of the session that were running when this one began, so that their messages are not part of it. */
  readonly concurrentTurns: readonly number[];
}

export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly backoff: number;
}

/** What answers an agent: the provider, and the model or deployment that it was asked for. */
export interface ModelIdentity {
  readonly provider: string;
  readonly model: string;
}

interface Spent {
  readonly usage: Usage;
  /** Absent when no model has answered. */
  readonly asked?: ModelIdentity;
}
export type StepOutcome =
  | (Spent & { readonly status: "completed"; readonly output: Payload })
  | (Spent & { readonly status: "failed"; readonly error: Failure });

// — orchestrators

/** What messages about an orchestration say of it, besides what happened. */
export interface OrchestrationMetadata {
  readonly workflow: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Of the request, W3C Trace Context. */
  readonly traceparent?: string;
}

/** Where the answer is to be sent, and what it repeats of the request. */
export interface ReplyAddress {
  readonly queue: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
}

/** The place of an orchestration among those of its session, which run one at a time. */
export interface SessionQueuePosition {
  readonly session: string;
  /** Sorts as text. */
  readonly position: string;
}

export interface WorkflowInput {
  readonly orchestrationId: string;
  readonly definition: WorkflowDefinition;
  /** Snapshots of the agents that the definition names. */
  readonly agents: Readonly<Record<string, Agent>>;
  readonly input: Payload;
  readonly sessionId?: string;
  readonly tags?: OrchestrationMetadata["tags"];
  readonly traceparent?: string;
  readonly reply?: ReplyAddress;
  readonly place?: SessionQueuePosition;
}
export const agentWorkflowOrchestrator = orchestrator<
  WorkflowInput,
  { readonly output: Payload }
>("agentWorkflow");

/** What every step that runs as an orchestration of its own is told. */
export interface StepInput extends StepRef {
  readonly scope: ExpressionScope;
  readonly retry: RetryPolicy;
  /** ISO 8601; the step fails with `step_timeout` when it has not settled by then. */
  readonly deadline?: string;
  /** Whether the workflow waits for several steps at once and must be woken with a `stepSettled` event. */
  readonly announce: boolean;
}
export interface AgentTurnInput extends StepInput {
  readonly agent: Agent;
  /** A template. */
  readonly prompt: string;
  readonly sessionKey: string;
}
export const agentTurnOrchestrator = orchestrator<AgentTurnInput, StepOutcome>(
  "agentTurn",
);

export interface ToolStepInput extends StepInput {
  readonly tool: string;
  /** A template: strings in it may hold `${…}`. */
  readonly input: Json;
}
export const toolStepOrchestrator = orchestrator<ToolStepInput, StepOutcome>(
  "toolStep",
);

// — activities

export interface CallModelInput {
  readonly turn: TurnRef;
  /** 0 for the first model call of the turn. */
  readonly round: number;
  readonly attempt: number;
  /** When the orchestrator asked for it (replay-safe): orders the history rows. */
  readonly at: string;
  readonly agent: Agent;
  readonly prompt: string;
  readonly scope: ExpressionScope;
}
export interface CallModelOutput {
  /** Empty when the turn is over; arguments stay in the transcript. */
  readonly toolCalls: readonly { readonly id: string; readonly name: string }[];
  /** The answer; present when `toolCalls` is empty. */
  readonly output?: Payload;
  readonly usage: Usage;
  /** Of the answer that counts, which an earlier attempt may have got. */
  readonly asked?: ModelIdentity;
}
export const callModelActivity = activity<CallModelInput, CallModelOutput>(
  "callModel",
);

export interface CallToolInput {
  readonly attempt: number;
  readonly at: string;
  readonly tool: string;
  /** `<orchestrationId>/<stepId>/<turn>/<callId>`, the same for every attempt; passed to the tool. */
  readonly idempotencyKey: string;
  readonly call:
    | {
        readonly from: "agent";
        readonly turn: TurnRef;
        readonly round: number;
        readonly callId: string;
        /** Who calls it, by name. */
        readonly agent?: string;
        readonly allowed: readonly string[];
      }
    | {
        readonly from: "workflow";
        readonly step: StepRef;
        readonly input: Json;
        readonly scope: ExpressionScope;
      };
}
export interface CallToolOutput {
  /** What a workflow's tool step gives; an agent's tool results stay in the transcript. */
  readonly output?: Payload;
  readonly usage: Usage;
}
export const callToolActivity = activity<CallToolInput, CallToolOutput>(
  "callTool",
);

/** Evaluates what an orchestrator cannot, because the scope holds references. `list` gives one payload per item. */
export interface EvaluateInput extends StepRef {
  readonly expression: string;
  readonly as: "value" | "list";
  readonly scope: ExpressionScope;
}
export const evaluateExpressionActivity = activity<
  EvaluateInput,
  readonly Payload[]
>("evaluateExpression");

export interface RecordHistoryInput {
  readonly orchestrationId: string;
  readonly rows: readonly OrchestrationEvent[];
  /** Of the request, W3C Trace Context. */
  readonly traceparent?: string;
  /** Also moves the summary row to this status. */
  readonly status?: OrchestrationStatus;
  /** There when one of the rows is to be told as an event. */
  readonly about?: OrchestrationMetadata;
}
export const recordHistoryActivity = activity<RecordHistoryInput, null>(
  "recordHistory",
);

export interface FinishInput {
  readonly orchestrationId: string;
  readonly at: string;
  readonly rows: readonly OrchestrationEvent[];
  readonly usage: Usage;
  readonly result:
    | {
        readonly status: "completed";
        readonly outputTemplate: Json;
        readonly scope: ExpressionScope;
      }
    | { readonly status: "failed"; readonly error: Failure };
  readonly startedAt?: string;
  readonly about?: OrchestrationMetadata;
  readonly reply?: ReplyAddress;
}
/** Writes the final row, then sends the response; returns the output (null when failed). Fails with `expression_failed` on a bad output template. */
export const finishOrchestrationActivity = activity<FinishInput, Payload>(
  "finishOrchestration",
);

export interface ReleaseSessionInput {
  readonly orchestrationId: string;
  readonly place: SessionQueuePosition;
}
/** Gives up the place in the session and starts the orchestration that is next. */
export const releaseSessionActivity = activity<ReleaseSessionInput, null>(
  "leaveSession",
);

export interface NotifyStepSettledInput extends StepRef {
  /** The instance to wake; the orchestration id. */
  readonly instanceId: string;
}
/** Raises `stepSettled` at the workflow, so that it can wait for whichever step ends first. */
export const notifyStepSettledActivity = activity<NotifyStepSettledInput, null>(
  "announceStep",
);

export const stepSettledEvent = "stepSettled";
