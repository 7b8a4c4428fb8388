/** The numbers of event types in the Durable Task extension and in `durable-functions`. */
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

/** An error as described by an exception properties provider of the app. */
export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: string | null;
  readonly IsNonRetriable: boolean;
  readonly Properties: unknown;
  readonly InnerFailure: unknown;
}

/** `Details` is always a string, because the client library cannot read null. */
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

interface ExecutionStartedEvent {
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
  /** Always null: the input is stored with the instance. */
  readonly Input: null;
}
type TaskSettledEvent<Type extends number, Fields> = Fields & {
  readonly EventType: Type;
  readonly TaskScheduledId: number;
};

/** An event that is sent to an orchestration. It gets a timestamp when its episode starts. */
export type MessageEvent =
  | ExecutionStartedEvent
  | TaskSettledEvent<
      typeof EventType.TaskCompleted,
      {
        /** JSON text. */
        readonly Result: string | null;
      }
    >
  | TaskSettledEvent<typeof EventType.TaskFailed, TaskFailure>
  | TaskSettledEvent<
      typeof EventType.SubOrchestrationInstanceCompleted,
      { readonly Result: string | null }
    >
  | TaskSettledEvent<
      typeof EventType.SubOrchestrationInstanceFailed,
      TaskFailure
    >
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
      /** The reason; null when the client gave none. */
      readonly Input: string | null;
    }
  | {
      readonly EventType:
        | typeof EventType.ExecutionSuspended
        | typeof EventType.ExecutionResumed
        | typeof EventType.ExecutionRewound;
      readonly Reason: string | null;
    };

export const isControlEvent = ({ EventType: type }: MessageEvent): boolean =>
  type === EventType.ExecutionTerminated ||
  type === EventType.ExecutionSuspended ||
  type === EventType.ExecutionResumed;

/** A decision of an orchestration. On replay, the client library assigns the same id to the same decision. */
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

/** An event with the timestamp of its episode. */
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
 * The fields of an event that the client library reads, as JSON text; undefined for events that it ignores. `IsPlayed` marks
 * replayed events. The timestamp is read only from OrchestratorStarted.
 * (`TaskOrchestrationExecutor` of durable-functions 3.5.0.)
 */
export function serializeForLibrary(
  event: HistoryEvent,
  played: boolean,
): string | undefined {
  if (event.EventType === EventType.OrchestratorStarted)
    return `{"EventType":12,"Timestamp":"${event.Timestamp}"}`;
  if (!readTypes.has(event.EventType)) return undefined;
  // The library reads only the id of a sent message, which is the name of the response event.
  if (event.EventType === EventType.EventSent)
    return `{"EventType":14,"EventId":${event.EventId},"Input":${JSON.stringify(JSON.stringify({ id: parseRequestId(event) }))}}`;
  return JSON.stringify({ ...event, Timestamp: undefined, IsPlayed: played });
}

/** The id of a message to an entity, which is the name of the response event; null for a lock release. */
export function parseRequestId({
  Input,
}: {
  readonly Input: string;
}): string | null {
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
