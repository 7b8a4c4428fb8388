import type { HttpCall } from "../../replay/actions";
import type { ActivityCall } from "../../replay/decision";
import type { EngineContext } from "../engine-context";
import { toActivityFailure } from "../../model/failure";
import {
  toActivityTrigger,
  toResultJson,
  toTextData,
} from "../../model/function-value";
import { EventType, type MessageEvent } from "../../model/history-event";
import { executeHttpCall } from "./http-activity";
import { describeOversizedPayload } from "../../model/payload-limit";
import { httpActivityName } from "../../replay/task-request";

/** Runs an activity once and gives the event that tells of it; what it throws is part of that. */
export async function runActivity(
  { invoke, track, settings: { maxPayloadBytes } }: EngineContext,
  instanceId: string,
  { taskId, name, input }: ActivityCall,
): Promise<MessageEvent> {
  if (name === httpActivityName)
    return track(runHttp(taskId, input, maxPayloadBytes));
  const trigger = toActivityTrigger(input);
  const metadata = { instanceId: toTextData(instanceId), data: trigger };
  const outcome = await invoke(name, trigger, { metadata });
  if (!outcome.ok) return failed(taskId, name, outcome);
  const result = toResultJson(outcome.returnValue);
  const tooLarge = describeOversizedPayload(
    maxPayloadBytes,
    "Its result",
    result,
  );
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
    const answer = await executeHttpCall(call);
    const tooLarge = describeOversizedPayload(
      limit,
      `The answer of ${call.uri}`,
      answer,
    );
    if (tooLarge !== undefined) throw new Error(tooLarge);
    return completed(taskId, answer);
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    return failed(taskId, httpActivityName, {
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
  ...toActivityFailure(name, error),
});
