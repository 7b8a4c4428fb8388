import type { HttpCall } from "./actions";
import type { ActivityCall } from "./decide";
import type { Engine } from "./engine";
import { activityFailure } from "./failure";
import { activityTrigger, resultText } from "./function-value";
import { EventType, type MessageEvent } from "./history-event";
import { callHttp } from "./http-activity";
import { payloadProblem } from "./payload";
import { httpActivity } from "./request";

/** Runs an activity once and gives the event that tells of it; what it throws is part of that. */
export async function runActivity(
  { invoke, track, settings: { maxPayloadBytes } }: Engine,
  instanceId: string,
  { taskId, name, input }: ActivityCall,
): Promise<MessageEvent> {
  if (name === httpActivity) return track(runHttp(taskId, input));
  const trigger = activityTrigger(input);
  const metadata = { instanceId: { string: instanceId }, data: trigger };
  const outcome = await invoke(name, trigger, { metadata });
  if (!outcome.ok) return failed(taskId, name, outcome);
  const result = resultText(outcome.returnValue);
  const message = payloadProblem("Its result", result, maxPayloadBytes);
  return message === undefined
    ? completed(taskId, result)
    : failed(taskId, name, { message, stack: "" });
}

async function runHttp(
  taskId: number,
  input: string | null,
): Promise<MessageEvent> {
  try {
    const call = JSON.parse(input ?? "null") as HttpCall;
    return completed(taskId, await callHttp(call));
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    return failed(taskId, httpActivity, {
      message: `${message}${reason}`,
      stack: "",
    });
  }
}

const completed = (
  TaskScheduledId: number,
  Result: string | null,
): MessageEvent => ({
  EventType: EventType.TaskCompleted,
  TaskScheduledId,
  Result,
});

const failed = (
  TaskScheduledId: number,
  name: string,
  error: { readonly message: string; readonly stack: string },
): MessageEvent => ({
  EventType: EventType.TaskFailed,
  TaskScheduledId,
  ...activityFailure(name, error),
});
