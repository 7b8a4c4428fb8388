import type { HttpCall } from "../episode/actions";
import type { ActivityCall } from "../episode/decide";
import type { Engine } from "../engine";
import { activityFailure } from "../failure";
import { activityTrigger, resultText, textData } from "../function-value";
import { EventType, type MessageEvent } from "../history-event";
import { callHttp } from "./http-activity";
import { tooLargeFor } from "../payload-limit";
import { httpActivity } from "../episode/request";

/** Runs an activity once and gives the event that tells of it; what it throws is part of that. */
export async function runActivity(
  { invoke, track, settings: { maxPayloadBytes } }: Engine,
  instanceId: string,
  { taskId, name, input }: ActivityCall,
): Promise<MessageEvent> {
  if (name === httpActivity)
    return track(runHttp(taskId, input, maxPayloadBytes));
  const trigger = activityTrigger(input);
  const metadata = { instanceId: textData(instanceId), data: trigger };
  const outcome = await invoke(name, trigger, { metadata });
  if (!outcome.ok) return failed(taskId, name, outcome);
  const result = resultText(outcome.returnValue);
  const tooLarge = tooLargeFor(maxPayloadBytes, "Its result", result);
  return tooLarge === undefined
    ? completed(taskId, result)
    : failed(taskId, name, { message: tooLarge, stack: "" });
}

async function runHttp(
  taskId: number,
  input: string | null,
  limit: number,
): Promise<MessageEvent> {
  try {
    const call = JSON.parse(input ?? "null") as HttpCall;
    const answer = await callHttp(call);
    const tooLarge = tooLargeFor(limit, `The answer of ${call.uri}`, answer);
    if (tooLarge !== undefined) throw new Error(tooLarge);
    return completed(taskId, answer);
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
