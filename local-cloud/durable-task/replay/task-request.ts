import { ActionType, type HttpCall, type LeafAction } from "./actions";
import {
  type DecisionEvent,
  EventType,
  type TaskFailure,
} from "../model/history-event";

/** A request of an orchestration to the hub. Every request has its own event id. */
export type TaskRequest =
  | {
      readonly kind: "activity";
      readonly name: string;
      readonly input: unknown;
    }
  /** An attempt after the retry timeout. The function is not called, and the attempt has the failure of the previous one. */
  | {
      readonly kind: "skippedAttempt";
      readonly name: string;
      readonly failure: TaskFailure;
    }
  | { readonly kind: "http"; readonly call: HttpCall }
  | {
      readonly kind: "child";
      readonly name: string;
      readonly instanceId: string | undefined;
      readonly input: unknown;
      readonly version: string | undefined;
    }
  | {
      readonly kind: "timer";
      /** Milliseconds since the epoch. */
      readonly fireAt: number;
      /** True for timers of the function, which keep the execution open; false for timers between retries or polls. */
      readonly keepsExecutionOpen: boolean;
      readonly isCancelled: boolean;
    }
  | {
      readonly kind: "entity";
      readonly entityId: string;
      readonly operation: string;
      readonly input: unknown;
      readonly isCall: boolean;
    }
  | { readonly kind: "lock"; readonly entityIds: readonly string[] }
  | { readonly kind: "release"; readonly entityId: string };

/** A durable HTTP call is an activity with this name. */
export const httpActivityName = "BuiltIn::HttpActivity";

/** The properties by which the history distinguishes requests. `name` is empty for timers. */
export interface RequestLabel {
  readonly kind: string;
  readonly name: string;
}

export function requestLabel(request: TaskRequest): RequestLabel {
  switch (request.kind) {
    case "activity":
    case "skippedAttempt":
      return { kind: "activity task", name: request.name };
    case "http":
      return { kind: "activity task", name: httpActivityName };
    case "child":
      return { kind: "sub-orchestration instance", name: request.name };
    case "timer":
      return { kind: "timer task", name: "" };
    case "entity":
    case "lock":
      return { kind: "message to an entity", name: "op" };
    case "release":
      return { kind: "message to an entity", name: "release" };
  }
}

/** The label of the first request of an action; undefined when it makes none. */
export function firstRequestLabel(
  action: LeafAction,
): RequestLabel | undefined {
  switch (action.actionType) {
    case ActionType.CallActivity:
    case ActionType.CallActivityWithRetry:
      return { kind: "activity task", name: action.functionName };
    case ActionType.CallHttp:
      return { kind: "activity task", name: httpActivityName };
    case ActionType.CallSubOrchestrator:
    case ActionType.CallSubOrchestratorWithRetry:
      return { kind: "sub-orchestration instance", name: action.functionName };
    case ActionType.CreateTimer:
      return { kind: "timer task", name: "" };
    case ActionType.WaitForExternalEvent:
    case ActionType.ContinueAsNew:
      return undefined;
    case ActionType.ReleaseEntities:
      return { kind: "message to an entity", name: "release" };
    default:
      return { kind: "message to an entity", name: "op" };
  }
}

const eventKinds: Readonly<Record<DecisionEvent["EventType"], string>> = {
  [EventType.TaskScheduled]: "activity task",
  [EventType.SubOrchestrationInstanceCreated]: "sub-orchestration instance",
  [EventType.TimerCreated]: "timer task",
  [EventType.EventSent]: "message to an entity",
};

export const decisionLabel = (event: DecisionEvent): RequestLabel => ({
  kind: eventKinds[event.EventType],
  name: "Name" in event ? event.Name : "",
});

/** Whether the recorded decision belongs to the request. */
export function matchesRequest(
  event: DecisionEvent,
  request: TaskRequest,
): boolean {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return event.Name === activityName(request);
    case EventType.SubOrchestrationInstanceCreated:
      return request.kind === "child" && event.Name === request.name;
    case EventType.TimerCreated:
      return request.kind === "timer";
    case EventType.EventSent:
      return event.Name === messageName(request);
  }
}

function activityName(request: TaskRequest): string | undefined {
  if (request.kind === "http") return httpActivityName;
  return request.kind === "activity" || request.kind === "skippedAttempt"
    ? request.name
    : undefined;
}

function messageName({ kind }: TaskRequest): string | undefined {
  if (kind === "release") return "release";
  return kind === "entity" || kind === "lock" ? "op" : undefined;
}
