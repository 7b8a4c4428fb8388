import {
  EventType,
  type MessageEvent,
} from "../../../durable-task/model/history-event";
import type { HubDecision } from "../../../durable-task/replay/decision";
import type { TaskResponder } from "./episode-harness";

/** Lets activities and children fail for the first `fails` attempts of their input, and answers all other requests. */
export function createTaskResponder(): TaskResponder {
  const attempts = new Map<string, number>();
  const succeeds = (task: string, fails: number): boolean => {
    const before = attempts.get(task) ?? 0;
    attempts.set(task, before + 1);
    return before >= fails;
  };
  return ({ decisions }) =>
    decisions.flatMap((decision) => {
      const { activity, child, event } = decision;
      if (activity) return respondToActivity(event.EventId, activity, succeeds);
      return child
        ? respondToChild(event.EventId, child, succeeds)
        : respondToOther(decision);
    });
}

/** Whether the next attempt of a task that fails that often succeeds. */
type Succeeds = (task: string, fails: number) => boolean;

interface Task {
  /** JSON text. */
  readonly input: string | null;
}

function toResult({ input }: Task, succeeds: Succeeds): string | undefined {
  const task = input ?? "{}";
  const { fails, key } = JSON.parse(task) as { fails: number; key: number };
  return succeeds(task, fails) ? JSON.stringify(key) : undefined;
}

const failure = { Reason: "no", Details: "", FailureDetails: null };

function respondToActivity(
  TaskScheduledId: number,
  task: Task,
  succeeds: Succeeds,
): readonly MessageEvent[] {
  const Result = toResult(task, succeeds);
  return Result === undefined
    ? [{ EventType: EventType.TaskFailed, TaskScheduledId, ...failure }]
    : [{ EventType: EventType.TaskCompleted, TaskScheduledId, Result }];
}

function respondToChild(
  TaskScheduledId: number,
  task: Task,
  succeeds: Succeeds,
): readonly MessageEvent[] {
  const Result = toResult(task, succeeds);
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

function respondToOther({
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
