/** The numbers by which history events are known to the extension and to `durable-functions`. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
  ExecutionRewound: 21,
} as const;

/** An error with its properties, as an exception properties provider of the app describes it. */
export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: string | null;
  readonly IsNonRetriable: boolean;
  readonly Properties: unknown;
  readonly InnerFailure: unknown;
}

/** Why a task failed. `Details` is a string even when empty: the client library cannot read anything else. */
export interface TaskFailure {
  readonly Reason: string;
  readonly Details: string;
  readonly FailureDetails: FailureDetails | null;
}

export interface ParentLink {
  readonly name: string;
  readonly instanceId: string;
  readonly executionId: string;
  /** Id of the parent's SubOrchestrationInstanceCreated event. */
  readonly taskScheduledId: number;
}

interface Started {
  readonly EventType: typeof EventType.ExecutionStarted;
  readonly OrchestrationInstance: {
    readonly InstanceId: string;
    readonly ExecutionId: string;
  };
  readonly ParentInstance: {
    readonly Name: string;
    readonly OrchestrationInstance: {
      readonly InstanceId: string;
      readonly ExecutionId: string;
    };
    readonly TaskScheduleId: number;
  } | null;
  readonly Name: string;
  readonly Version: string;
  /** Always null: the input is kept once, in the instance. */
  readonly Input: null;
}
type Settled<Type extends number, Fields> = Fields & {
  readonly EventType: Type;
  readonly TaskScheduledId: number;
};

/** What reaches an orchestration from outside, without the stamp that it gets on arrival. */
export type MessageEvent =
  | Started
  | Settled<
      typeof EventType.TaskCompleted,
      {
        /** JSON text. */
        readonly Result: string | null;
      }
    >
  | Settled<typeof EventType.TaskFailed, TaskFailure>
  | Settled<
      typeof EventType.SubOrchestrationInstanceCompleted,
      { readonly Result: string | null }
    >
  | Settled<typeof EventType.SubOrchestrationInstanceFailed, TaskFailure>
  | {
      readonly EventType: typeof EventType.TimerFired;
      readonly TimerId: number;
      readonly FireAt: string;
    }
  | {
      readonly EventType: typeof EventType.EventRaised;
      readonly Name: string;
      /** JSON text. */
      readonly Input: string;
    }
  | {
      readonly EventType: typeof EventType.ExecutionTerminated;
      readonly Input: string;
    }
  | {
      readonly EventType:
        | typeof EventType.ExecutionSuspended
        | typeof EventType.ExecutionResumed
        | typeof EventType.ExecutionRewound;
      readonly Reason: string;
    };

/** What an orchestration has decided, confirmed by the id that the client library gives the same decision on replay. */
export type DecisionEvent =
  | {
      readonly EventType: typeof EventType.TaskScheduled;
      readonly EventId: number;
      readonly Name: string;
      readonly Input: null;
    }
  | {
      readonly EventType: typeof EventType.SubOrchestrationInstanceCreated;
      readonly EventId: number;
      readonly Name: string;
      readonly InstanceId: string;
      readonly Input: null;
    }
  | {
      readonly EventType: typeof EventType.TimerCreated;
      readonly EventId: number;
      readonly FireAt: string;
    }
  | {
      readonly EventType: typeof EventType.EventSent;
      readonly EventId: number;
      readonly InstanceId: string;
      readonly Name: string;
      /** JSON text of an entity request. */
      readonly Input: string;
    };

type FrameEvent =
  | {
      readonly EventType:
        | typeof EventType.OrchestratorStarted
        | typeof EventType.OrchestratorCompleted;
    }
  | {
      readonly EventType: typeof EventType.ExecutionCompleted;
      readonly OrchestrationStatus: "Completed" | "Failed" | "Terminated";
      readonly Result: string | null;
      readonly FailureDetails: FailureDetails | null;
    };

/** An event of the history, stamped with the time of its episode. */
export type HistoryEvent = (MessageEvent | DecisionEvent | FrameEvent) & {
  /** ISO 8601 UTC. */
  readonly Timestamp: string;
};

const decisionTypes: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
  EventType.EventSent,
]);
export const isDecisionEvent = (
  event: HistoryEvent,
): event is DecisionEvent & { readonly Timestamp: string } =>
  decisionTypes.has(event.EventType);

/**
 * What the client library reads of an event; undefined for those that it passes over. `IsPlayed` tells it which
 * arrivals are replayed. The time matters to it at the beginning of an episode only.
 * (`TaskOrchestrationExecutor` of durable-functions 3.5.0.)
 */
export function serializeForLibrary(
  event: HistoryEvent,
  played: boolean,
): string | undefined {
  if (event.EventType === EventType.OrchestratorStarted)
    return `{"EventType":12,"Timestamp":"${event.Timestamp}"}`;
  if (!isRead(event)) return undefined;
  // Of a message it reads the id, under which the answer will come.
  if (event.EventType === EventType.EventSent)
    return `{"EventType":14,"EventId":${event.EventId},"Input":${JSON.stringify(JSON.stringify({ id: parseRequestId(event) }))}}`;
  return JSON.stringify({ ...event, Timestamp: undefined, IsPlayed: played });
}

/** The id of a request to an entity; null in a message that nobody answers to. */
export function parseRequestId({ Input }: { readonly Input: string }) {
  const { id } = JSON.parse(Input) as { readonly id?: string };
  return id ?? null;
}

const readTypes: ReadonlySet<number> = new Set([
  EventType.ExecutionStarted,
  EventType.TaskCompleted,
  EventType.TaskFailed,
  EventType.SubOrchestrationInstanceCompleted,
  EventType.SubOrchestrationInstanceFailed,
  EventType.TimerFired,
  EventType.EventSent,
  EventType.EventRaised,
]);
const isRead = ({ EventType: type }: HistoryEvent): boolean =>
  readTypes.has(type);
