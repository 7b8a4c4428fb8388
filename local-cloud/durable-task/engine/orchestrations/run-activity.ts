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

/** Runs an activity once and returns its completion or failure event. */
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
  const problem = describeOversizedPayload(
    maxPayloadBytes,
    "Its result",
    result,
  );
  return problem === undefined
    ? completed(taskId, result)
    : failed(taskId, name, { message: problem, stack: "" });
}

async function runHttp(
  taskId: number,
  input: string | null,
  limit: number,
): Promise<MessageEvent> {
  try {
    const call = JSON.parse(input ?? "null") as HttpCall;
    const response = await executeHttpCall(call);
    const problem = describeOversizedPayload(
      limit,
      `The response of ${call.uri}`,
      response,
    );
    if (problem !== undefined) throw new Error(problem);
    return completed(taskId, response);
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
