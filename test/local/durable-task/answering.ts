import {
  EventType,
  type MessageEvent,
} from "../../../src/local/durable-task/history-event";
import type {
  ActivityCall,
  Decision,
} from "../../../src/local/durable-task/decide";
import type { Answer } from "./pure-hub";

/** Activities fail as often as their input says, counted over the attempts of the same task. */
export function answering(): Answer {
  const attempts = new Map<string, number>();
  return ({ decisions }) =>
    decisions.flatMap((decision) =>
      decision.activity
        ? activityAnswer(decision.activity, attempts)
        : otherAnswer(decision),
    );
}

function activityAnswer(
  { taskId, input }: ActivityCall,
  attempts: Map<string, number>,
): readonly MessageEvent[] {
  const task = input ?? "{}";
  const { fails, key } = JSON.parse(task) as { fails: number; key: number };
  const before = attempts.get(task) ?? 0;
  attempts.set(task, before + 1);
  const TaskScheduledId = taskId;
  return before < fails
    ? [
        {
          EventType: EventType.TaskFailed,
          TaskScheduledId,
          Reason: "no",
          Details: "",
          FailureDetails: null,
        },
      ]
    : [
        {
          EventType: EventType.TaskCompleted,
          TaskScheduledId,
          Result: JSON.stringify(key),
        },
      ];
}

function otherAnswer({
  event,
  child,
  timer,
  outgoing,
}: Decision): readonly MessageEvent[] {
  if (child)
    return [
      {
        EventType: EventType.SubOrchestrationInstanceCompleted,
        TaskScheduledId: event.EventId,
        Result: JSON.stringify(
          (JSON.parse(child.input ?? "{}") as { key: number }).key,
        ),
      },
    ];
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
