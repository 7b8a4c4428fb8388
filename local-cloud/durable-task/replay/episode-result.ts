import type { HubDecision } from "./decision";
import {
  EventType,
  type FailureDetails,
  type HistoryEvent,
  isDecisionEvent,
  type MessageEvent,
} from "../model/history-event";
import type { OutgoingHubMessage } from "../model/hub-message";
import type { Instance } from "../model/instance";
import type { StoredEvent } from "../model/stored-event";

export interface EpisodeResult {
  readonly instance: Instance;
  /** Appended to the history in this order. */
  readonly events: readonly HistoryEvent[];
  readonly decisions: readonly HubDecision[];
  readonly outgoing: readonly OutgoingHubMessage[];
  readonly cancelledTimers: readonly number[];
  /** The history of the execution is dropped, and `outgoing` starts the next execution. */
  readonly continuesAsNew: boolean;
}

export type ExecutionEnd =
  | { readonly status: "Completed"; readonly result: string | null }
  | {
      readonly status: "Failed";
      readonly result: string;
      readonly details: FailureDetails | null;
    }
  | {
      readonly status: "Terminated";
      /** The reason. */
      readonly result: string | null;
      readonly details: null;
    };

/** The result of an episode after which the execution is still running. */
export const createOngoingResult = (
  instance: Instance,
  newEvents: readonly HistoryEvent[],
  decisions: readonly HubDecision[],
  cancelledTimers: readonly number[],
): EpisodeResult => ({
  instance,
  events: toEpisodeEvents(newEvents, toDecisionEvents(newEvents, decisions)),
  decisions,
  outgoing: decisions.flatMap(({ outgoing }) => outgoing ?? []),
  cancelledTimers,
  continuesAsNew: false,
});

/** The result of an episode that ends the instance and reports the end to its parent. */
export function createFinalResult(
  before: Instance,
  newEvents: readonly HistoryEvent[],
  decisions: readonly HubDecision[],
  end: ExecutionEnd,
): EpisodeResult {
  const Timestamp = newEvents[0]?.Timestamp ?? "";
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
  const result = createOngoingResult(instance, newEvents, decisions, []);
  return {
    ...result,
    events: toEpisodeEvents(newEvents, [
      ...toDecisionEvents(newEvents, decisions),
      completed,
    ]),
    outgoing: [...result.outgoing, ...reportToParent(instance, end)],
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
          Reason: end.result ?? "",
          Details: "",
          FailureDetails: end.details,
        };
  const { executionId } = parent;
  return [{ to: parent.instanceId, message: { executionId, event } }];
}

/** All events of an episode have the timestamp of its OrchestratorStarted event. */
function toEpisodeEvents(
  newEvents: readonly HistoryEvent[],
  results: readonly HistoryEvent[],
): readonly HistoryEvent[] {
  const [started] = newEvents;
  if (started === undefined) return [];
  const { Timestamp } = started;
  return [
    ...newEvents,
    ...results,
    { EventType: EventType.OrchestratorCompleted, Timestamp },
  ];
}

const toDecisionEvents = (
  newEvents: readonly HistoryEvent[],
  decisions: readonly HubDecision[],
): readonly HistoryEvent[] =>
  decisions.map(({ event }) => ({
    ...event,
    Timestamp: newEvents[0]?.Timestamp ?? "",
  }));

/** The input of an activity is stored beside its event, which has none. */
export function toEventsToStore(result: EpisodeResult): readonly StoredEvent[] {
  const inputs = new Map(
    result.decisions.map(({ event, activity }) => [
      event.EventId,
      activity?.input ?? null,
    ]),
  );
  return result.events.map((event) => ({
    event,
    input: isDecisionEvent(event) ? (inputs.get(event.EventId) ?? null) : null,
  }));
}
