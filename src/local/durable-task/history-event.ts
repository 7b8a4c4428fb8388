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
        typeof EventType.ExecutionSuspended | typeof EventType.ExecutionResumed;
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
export const isDecision = (
  event: HistoryEvent,
): event is DecisionEvent & { readonly Timestamp: string } =>
  decisionTypes.has(event.EventType);

const isFrame = ({ EventType: type }: HistoryEvent): boolean =>
  type === EventType.OrchestratorStarted ||
  type === EventType.OrchestratorCompleted;

/**
 * The text that the client library reads. `IsPlayed` tells it which arrivals are replayed; decisions never carry it.
 * The text for later episodes is made once and stored, so that an episode encodes only what is new.
 */
export function eventText(event: HistoryEvent, played: boolean): string {
  const IsPlayed = played && !isDecision(event) && !isFrame(event);
  return JSON.stringify({ EventId: -1, IsPlayed, ...event });
}
