import {
  EventType,
  type MessageEvent,
} from "../../../durable-task/model/history-event";
import type { HubDecision } from "../../../durable-task/replay/decision";
import type { TaskResponder } from "./pure-hub";

/** Activities fail as often as their input says, counted over the attempts of the same task. */
export function createTaskResponder(): TaskResponder {
  const attempts = new Map<string, number>();
  const isDue = (task: string, fails: number): boolean => {
    const before = attempts.get(task) ?? 0;
    attempts.set(task, before + 1);
    return before >= fails;
  };
  return ({ decisions }) =>
    decisions.flatMap((decision) => {
      const { activity, child, event } = decision;
      if (activity) return taskAnswer(event.EventId, activity, isDue);
      return child
        ? childAnswer(event.EventId, child, isDue)
        : otherAnswer(decision);
    });
}

type IsDue = (task: string, fails: number) => boolean;

interface Task {
  /** JSON text. */
  readonly input: string | null;
}

function outcome({ input }: Task, isDue: IsDue): string | undefined {
  const task = input ?? "{}";
  const { fails, key } = JSON.parse(task) as { fails: number; key: number };
  return isDue(task, fails) ? JSON.stringify(key) : undefined;
}

const failure = { Reason: "no", Details: "", FailureDetails: null };

function taskAnswer(
  TaskScheduledId: number,
  task: Task,
  isDue: IsDue,
): readonly MessageEvent[] {
  const Result = outcome(task, isDue);
  return Result === undefined
    ? [{ EventType: EventType.TaskFailed, TaskScheduledId, ...failure }]
    : [{ EventType: EventType.TaskCompleted, TaskScheduledId, Result }];
}

function childAnswer(
  TaskScheduledId: number,
  task: Task,
  isDue: IsDue,
): readonly MessageEvent[] {
  const Result = outcome(task, isDue);
  return [
    Result === undefined
      ? {
          EventType: EventType.SubOrchestrationInstanceFailed,
          TaskScheduledId,
          ...failure,
        }
      : {
          EventType: EventType.SubOrchestrationInstanceCompleted,
          TaskScheduledId,
          Result,
        },
  ];
}

function otherAnswer({
  timer,
  outgoing,
}: HubDecision): readonly MessageEvent[] {
  if (timer)
    return [
      {
        EventType: EventType.TimerFired,
        TimerId: timer.timerId,
        FireAt: new Date(timer.fireAt).toISOString(),
      },
    ];
  const message = outgoing?.message;
  if (message && "lockSet" in message)
    return [
      {
        EventType: EventType.EventRaised,
        Name: message.id,
        Input: JSON.stringify({
          result: JSON.stringify("Lock Acquisition Completed"),
        }),
      },
    ];
  return message && "operation" in message && message.caller
    ? [
        {
          EventType: EventType.EventRaised,
          Name: message.id,
          Input: JSON.stringify({ result: message.input }),
        },
      ]
    : [];
}
