/**
 * The names, inputs and outputs of orchestrators and activities. Callers and registrations use the same contract, so a
 * handler of another type does not compile. Field names are persisted in orchestration histories.
 */
import type { Agent } from "./agent";
import type { Answer } from "./answers/answer";
import { eventsDigest } from "./answers/call-key";
import { activity, orchestrator } from "./contract";
import type { Failure } from "./errors";
import type {
  OrchestrationEvent,
  OrchestrationStatus,
} from "./history/orchestration-history";
import type { Json, Payload } from "./payload";
import type { RetryPolicy } from "./retry/retry-policy";
import type { ModelIdentity, Usage } from "./usage";
import type { WorkflowDefinition } from "./workflow/workflow-definition";

/** The values that an expression can use. Payloads may be references, which activities load before evaluation. */
export interface ExpressionScope {
  readonly input: Payload;
  readonly steps: Readonly<Record<string, ScopeStep>>;
  /** The variables of a `map` step: the one that `as` names, and `index`. */
  readonly variables: Readonly<Record<string, Payload>>;
  readonly orchestrationId: string;
}
export interface ScopeStep {
  readonly status: "completed" | "failed" | "skipped";
  readonly output: Payload;
  readonly error?: Failure;
}

/** Identifies a step of an orchestration. Map items have ids such as `read.3`. */
export interface StepRef {
  readonly orchestrationId: string;
  readonly stepId: string;
  /** W3C Trace Context of the request. */
  readonly traceparent?: string;
}

/** One turn of an agent session. `sessionKey` identifies the transcript; turns are counted from 1 within it. */
export interface TurnRef extends StepRef {
  readonly sessionKey: string;
  readonly turn: number;
  /** Turns of the session that were running when this one began; its conversation excludes their messages. */
  readonly concurrentTurns: readonly number[];
}

export interface StepCost {
  readonly usage: Usage;
  /** Absent when no model has answered. */
  readonly requestedModel?: ModelIdentity;
}
export type StepOutcome =
  | (StepCost & { readonly status: "completed"; readonly output: Payload })
  | (StepCost & { readonly status: "failed"; readonly error: Failure });

// Orchestrators

/** Attributes of an orchestration that its messages carry. */
export interface OrchestrationMetadata {
  readonly workflow: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  /** W3C Trace Context of the request. */
  readonly traceparent?: string;
}

/** The queue of the response, and the properties that the response copies from the request. */
export interface ReplyAddress {
  readonly queue: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
}

/** Orders the orchestrations of a session, which run one at a time. */
export interface SessionQueuePosition {
  readonly session: string;
  /** Text that sorts in queue order. */
  readonly position: string;
}

export interface WorkflowInput {
  readonly orchestrationId: string;
  readonly definition: WorkflowDefinition;
  /** Snapshots of the agents that the definition names, so that a deployment does not change a running orchestration. */
  readonly agents: Readonly<Record<string, Agent>>;
  readonly input: Payload;
  readonly sessionId?: string;
  readonly tags?: OrchestrationMetadata["tags"];
  readonly traceparent?: string;
  readonly reply?: ReplyAddress;
  readonly queuePosition?: SessionQueuePosition;
  /** How many times the orchestration was started again after a failure of the platform. Default: 0. */
  readonly resumption?: number;
  readonly resumedAfter?: {
    /** Of the instance that the platform failed. */
    readonly error: Failure;
    /** When the orchestration recorded its start, ISO 8601. Absent if it failed before. */
    readonly startedAt?: string;
  };
}
export type WorkflowOutput =
  | { readonly status: "completed"; readonly output: Payload }
  | { readonly status: "failed"; readonly error: Failure };
export const agentWorkflowOrchestrator = orchestrator<
  WorkflowInput,
  WorkflowOutput
>("agentWorkflow");

/** Input of every step that runs as a sub-orchestration. Its output is an answer whose key is its instance id. */
export interface StepInput extends StepRef {
  readonly scope: ExpressionScope;
  readonly retry: RetryPolicy;
  /** ISO 8601; the step fails with `step_timeout` if it is still running then. */
  readonly deadline?: string;
  /** Whether the step raises `stepSettled` when it ends, because the workflow waits for several steps. */
  readonly notifiesWorkflow: boolean;
}
export interface AgentTurnInput extends StepInput {
  readonly agent: Agent;
  /** A template. */
  readonly prompt: string;
  readonly sessionKey: string;
}
export const agentTurnOrchestrator = orchestrator<
  AgentTurnInput,
  Answer<StepOutcome>
>("agentTurn");

export interface ToolStepInput extends StepInput {
  readonly tool: string;
  /** A template: its strings may contain `${…}`. */
  readonly input: Json;
}
export const toolStepOrchestrator = orchestrator<
  ToolStepInput,
  Answer<StepOutcome>
>("toolStep");

// Activities

export interface CallModelInput {
  readonly turn: TurnRef;
  /** 0 for the first model call of the turn. */
  readonly round: number;
  readonly attempt: number;
  /** Replay-safe time of the call, ISO 8601; orders the history events. */
  readonly at: string;
  readonly agent: Agent;
  readonly prompt: string;
  readonly scope: ExpressionScope;
}
export interface CallModelOutput {
  /** Empty when the turn is complete. The arguments are in the transcript. */
  readonly toolCalls: readonly { readonly id: string; readonly name: string }[];
  /** The answer; present when `toolCalls` is empty. */
  readonly output?: Payload;
  readonly usage: Usage;
  /** Identity of the model whose response was recorded, possibly by an earlier attempt. */
  readonly requestedModel?: ModelIdentity;
}
export const callModelActivity = activity<CallModelInput, CallModelOutput>(
  "callModel",
  ({ turn, round, attempt }) => [
    turn.orchestrationId,
    turn.stepId,
    turn.turn,
    round,
    attempt,
  ],
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
        /** Name of the calling agent. */
        readonly agent: string;
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
  /** Present for a tool step. Tool results of an agent are in the transcript. */
  readonly output?: Payload;
  readonly usage: Usage;
}
export const callToolActivity = activity<CallToolInput, CallToolOutput>(
  "callTool",
  // A model provider may use a call id in several rounds of a turn.
  ({ idempotencyKey, call, attempt }) => [
    idempotencyKey,
    call.from === "agent" ? call.round : 0,
    attempt,
  ],
);

/** Evaluates an expression whose scope contains references. A step evaluates one expression per purpose. */
export interface EvaluateInput extends StepRef {
  readonly expression: string;
  /** The result is one payload per item for `over`, otherwise one payload. */
  readonly purpose: "when" | "over" | "outputs";
  readonly scope: ExpressionScope;
}
export const evaluateExpressionActivity = activity<
  EvaluateInput,
  readonly Payload[]
>("evaluateExpression", ({ orchestrationId, stepId, purpose }) => [
  orchestrationId,
  stepId,
  purpose,
]);

export interface RecordHistoryInput {
  readonly orchestrationId: string;
  readonly events: readonly OrchestrationEvent[];
  /** W3C Trace Context of the request. */
  readonly traceparent?: string;
  /** If present, the summary row also changes to this status. */
  readonly status?: OrchestrationStatus;
  /** Present if one of the events is published as a lifecycle event. */
  readonly metadata?: OrchestrationMetadata;
  readonly resumption?: number;
}
export const recordHistoryActivity = activity<RecordHistoryInput, null>(
  "recordHistory",
  ({ orchestrationId, events }) => [orchestrationId, eventsDigest(events)],
);

export interface FinishInput {
  readonly orchestrationId: string;
  readonly at: string;
  readonly events: readonly OrchestrationEvent[];
  readonly usage: Usage;
  readonly result:
    | {
        readonly status: "completed";
        readonly outputTemplate: Json;
        readonly scope: ExpressionScope;
      }
    | { readonly status: "failed"; readonly error: Failure };
  readonly startedAt: string;
  readonly metadata: OrchestrationMetadata;
  readonly reply?: ReplyAddress;
  readonly resumption?: number;
}
/** Returns the output, null for a failed orchestration. Fails with `expression_failed` if the output template is invalid. */
export const finishOrchestrationActivity = activity<FinishInput, Payload>(
  "finishOrchestration",
  ({ orchestrationId, result, at, events }) => [
    orchestrationId,
    result.status,
    at,
    eventsDigest(events),
  ],
);

export interface ReleaseSessionInput {
  readonly orchestrationId: string;
  readonly queuePosition: SessionQueuePosition;
}
/** Removes the orchestration from its session queue and starts the next one. */
export const releaseSessionActivity = activity<ReleaseSessionInput, null>(
  "releaseSession",
  ({ orchestrationId, queuePosition }) => [
    orchestrationId,
    queuePosition.position,
  ],
);

export interface NotifyStepSettledInput extends StepRef {
  /** Instance id of the step's orchestration. */
  readonly child: string;
}
/** Raises `stepSettled` at the workflow, which waits for any of several steps. */
export const notifyStepSettledActivity = activity<NotifyStepSettledInput, null>(
  "notifyStepSettled",
  ({ child }) => [child],
);

/** The external event that a child raises when it ends. Data: `stepId`, and the child's instance id as `child`. */
export const stepSettledEvent = "stepSettled";
