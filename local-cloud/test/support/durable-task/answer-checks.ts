/** Rules for the answers in a history, and the answers that belong to another action. */
import {
  EventType,
  isDecisionEvent,
  type DecisionEvent,
  type HistoryEvent,
} from "../../../durable-task/model/history-event";
import type { Instance } from "../../../durable-task/model/instance";
import type { StoredEvent } from "../../../durable-task/model/stored-event";

/** The rules hold in every mode: ids are consecutive, and each action is answered at most once and after its decision. */
export function expectAnswersFollowActions(
  history: readonly StoredEvent[],
): void {
  const decided = new Set<number>();
  const answered = new Set<number>();
  for (const { event } of history) {
    if (isDecisionEvent(event)) {
      expect(event.EventId).toBe(decided.size);
      decided.add(event.EventId);
    }
    const id = answeredActionId(event);
    if (id === undefined) continue;
    expect({ id, isDecided: decided.has(id) }).toEqual({ id, isDecided: true });
    expect({ id, isRepeated: answered.has(id) }).toEqual({
      id,
      isRepeated: false,
    });
    answered.add(id);
  }
}

function answeredActionId(event: HistoryEvent): number | undefined {
  if ("TaskScheduledId" in event) return event.TaskScheduledId;
  return "TimerId" in event ? event.TimerId : undefined;
}

const answerTypes: Readonly<Record<number, readonly number[]>> = {
  [EventType.TaskScheduled]: [EventType.TaskCompleted, EventType.TaskFailed],
  [EventType.SubOrchestrationInstanceCreated]: [
    EventType.SubOrchestrationInstanceCompleted,
    EventType.SubOrchestrationInstanceFailed,
  ],
  [EventType.TimerCreated]: [EventType.TimerFired],
};

/**
 * Number of answers that belong to another action. Tasks must have an input with a `key` and must return it or throw an
 * error whose message ends with it.
 */
export function countForeignAnswers(
  history: readonly StoredEvent[],
  findInstance: (instanceId: string) => Instance | undefined,
): number {
  const decisions = new Map<number, StoredEvent>();
  let foreign = 0;
  for (const stored of history) {
    const { event } = stored;
    if (isDecisionEvent(event)) decisions.set(event.EventId, stored);
    const id = answeredActionId(event);
    const action = id === undefined ? undefined : decisions.get(id);
    if (action && !isAnswerOf(event, action, findInstance)) foreign += 1;
  }
  return foreign;
}

function isAnswerOf(
  answer: HistoryEvent,
  { event: action, input }: StoredEvent,
  findInstance: (instanceId: string) => Instance | undefined,
): boolean {
  if (!answerTypes[action.EventType]?.includes(answer.EventType)) return false;
  if (answer.EventType === EventType.TimerFired)
    return "FireAt" in action && action.FireAt === answer.FireAt;
  const key = readKey(taskInput(action as DecisionEvent, input, findInstance));
  if ("Result" in answer) return answer.Result === String(key);
  return "Reason" in answer && answer.Reason?.endsWith(` ${key}`) === true;
}

function taskInput(
  action: DecisionEvent,
  input: string | null,
  findInstance: (instanceId: string) => Instance | undefined,
): string | null {
  return action.EventType === EventType.SubOrchestrationInstanceCreated
    ? (findInstance(action.InstanceId)?.input ?? null)
    : input;
}

const readKey = (input: string | null): number =>
  (JSON.parse(input ?? "{}") as { readonly key: number }).key;
