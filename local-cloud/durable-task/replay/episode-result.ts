import type { HubDecision } from "./decision";
import {
  EventType,
  type FailureDetails,
  type HistoryEvent,
  isDecisionEvent,
  type MessageEvent,
} from "../model/history-event";
import type { Instance } from "../model/instance";
import type { OutgoingHubMessage } from "../model/hub-message";
import type { StoredEvent } from "../store/task-hub-store";

/** What an episode leads to. `decisions` carry their effects; `events` are appended to the history in order. */
export interface EpisodeResult {
  readonly instance: Instance;
  readonly events: readonly HistoryEvent[];
  readonly decisions: readonly HubDecision[];
  readonly outgoing: readonly OutgoingHubMessage[];
  readonly cancelledTimers: readonly number[];
  /** Continue-as-new: the history of the execution is dropped, and `outgoing` starts the next one. */
  readonly continuesAsNew: boolean;
}

export type ExecutionEnd =
  | { readonly status: "Completed"; readonly result: string | null }
  | {
      readonly status: "Failed" | "Terminated";
      readonly result: string;
      readonly details: FailureDetails | null;
    };

/** A turn after which the instance goes on. */
export const createOngoingResult = (
  instance: Instance,
  arrived: readonly HistoryEvent[],
  decisions: readonly HubDecision[],
  cancelledTimers: readonly number[],
): EpisodeResult => ({
  instance,
  events: framed(arrived, stamp(arrived, decisions)),
  decisions,
  outgoing: decisions.flatMap(({ outgoing }) => outgoing ?? []),
  cancelledTimers,
  continuesAsNew: false,
});

/** A turn that ends the instance and tells its parent. */
export function createFinalResult(
  before: Instance,
  arrived: readonly HistoryEvent[],
  decisions: readonly HubDecision[],
  end: ExecutionEnd,
): EpisodeResult {
  const Timestamp = arrived[0]?.Timestamp ?? "";
  const details = "details" in end ? end.details : null;
  const instance: Instance = {
    ...before,
    status: end.status,
    output: end.result,
    failureDetails: details,
  };
  const completed: HistoryEvent = {
    EventType: EventType.ExecutionCompleted,
    OrchestrationStatus: end.status,
    Result: end.result,
    FailureDetails: details,
    Timestamp,
  };
  const turn = createOngoingResult(instance, arrived, decisions, []);
  return {
    ...turn,
    events: framed(arrived, [...stamp(arrived, decisions), completed]),
    outgoing: [...turn.outgoing, ...reportToParent(instance, end)],
  };
}

function reportToParent(
  { parent }: Instance,
  end: ExecutionEnd,
): readonly OutgoingHubMessage[] {
  if (parent === null) return [];
  const TaskScheduledId = parent.taskScheduledId;
  const event: MessageEvent =
    end.status === "Completed"
      ? {
          EventType: EventType.SubOrchestrationInstanceCompleted,
          TaskScheduledId,
          Result: end.result,
        }
      : {
          EventType: EventType.SubOrchestrationInstanceFailed,
          TaskScheduledId,
          Reason: end.result,
          Details: "",
          FailureDetails: end.details,
        };
  const { executionId } = parent;
  return [{ to: parent.instanceId, message: { executionId, event } }];
}

const framed = (
  arrived: readonly HistoryEvent[],
  rest: readonly HistoryEvent[],
): readonly HistoryEvent[] => {
  const started = arrived[0];
  return started === undefined
    ? []
    : [
        ...arrived,
        ...rest,
        {
          EventType: EventType.OrchestratorCompleted,
          Timestamp: started.Timestamp,
        },
      ];
};

const stamp = (
  arrived: readonly HistoryEvent[],
  decisions: readonly HubDecision[],
): readonly HistoryEvent[] =>
  decisions.map(({ event }) => ({
    ...event,
    Timestamp: arrived[0]?.Timestamp ?? "",
  }));

/** The events as they are kept: an activity's input beside its event, which has none. */
export function toEventsToStore(turn: EpisodeResult): readonly StoredEvent[] {
  const inputs = new Map(
    turn.decisions.map(({ event, activity }) => [
      event.EventId,
      activity?.input ?? null,
    ]),
  );
  return turn.events.map((event) => ({
    event,
    input: isDecisionEvent(event) ? (inputs.get(event.EventId) ?? null) : null,
  }));
}
