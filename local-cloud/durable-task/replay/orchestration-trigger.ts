import type { ReplayLimits } from "./limits";
import { serializeForLibrary } from "../model/history-event";
import type { EpisodeStart } from "./start-episode";

/**
 * The trigger value of an orchestrator function, with the fields that `durable-functions` reads. Its latest schema version
 * is 3. `isPlayed`: the function has processed the new events before, in an extended session.
 */
export const serializeOrchestrationTrigger = (
  { instance, newEvents }: EpisodeStart,
  past: readonly string[],
  { maximumTimerMs, timerIntervalMs, httpSleepMs }: ReplayLimits,
  isPlayed = false,
): string =>
  `{"history":[${[...past, ...newEvents.flatMap((event) => serializeForLibrary(event, isPlayed) ?? [])].join(",")}],` +
  `"input":${instance.input ?? "null"},"instanceId":${JSON.stringify(instance.instanceId)},` +
  `"isReplaying":${past.length > 0},"parentInstanceId":${JSON.stringify(instance.parent?.instanceId ?? null)},` +
  `"upperSchemaVersion":1,"upperSchemaVersionNew":3,"maximumShortTimerDuration":"${toTimeSpan(maximumTimerMs)}",` +
  `"longRunningTimerIntervalDuration":"${toTimeSpan(timerIntervalMs)}","defaultHttpAsyncRequestSleepTimeMillseconds":${httpSleepMs}}`;

/** A .NET TimeSpan of whole days. */
const toTimeSpan = (ms: number): string => `${ms / 86_400_000}.00:00:00`;
