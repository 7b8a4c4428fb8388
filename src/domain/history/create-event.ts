import type { Json } from "../payload";
import type {
  OrchestrationEvent,
  OrchestrationEventType,
} from "./orchestration-history";

export interface OrchestrationEventInput {
  readonly type: OrchestrationEventType;
  /** Replay-safe, ISO 8601: the same in every attempt to write the event. */
  readonly at: string;
  readonly stepId?: string;
  readonly attempt?: number;
  /** Distinguishes events of the same type, step, attempt and time, for example two tool calls. */
  readonly discriminator?: string;
  readonly data?: Readonly<Record<string, Json>>;
}

/** Order of events with the same time, which all events of one orchestrator episode have. */
const ranks: Readonly<Record<OrchestrationEventType, number>> = {
  "orchestration.started": 0,
  "orchestration.resumed": 0,
  "model.called": 1,
  "tool.called": 1,
  "step.completed": 2,
  "step.failed": 2,
  "step.skipped": 2,
  "step.retried": 3,
  "step.started": 4,
  "message.refused": 9,
  "orchestration.completed": 9,
  "orchestration.failed": 9,
  "orchestration.terminated": 9,
};

/**
 * Events that a step or an orchestration has once. Their keys contain no time: an orchestration that starts again after a
 * failure of the platform repeats its steps, but not their events.
 */
const uniqueTypes: ReadonlySet<OrchestrationEventType> = new Set([
  "orchestration.started",
  "orchestration.resumed",
  "step.started",
  "step.completed",
  "step.skipped",
]);
/** An orchestration has one end, so these events have the same key. */
const endTypes: ReadonlySet<OrchestrationEventType> = new Set([
  "orchestration.completed",
  "orchestration.failed",
  "orchestration.terminated",
]);

/** Derives the deterministic key `<13-digit ms, or zeros>-<rank>-<stepId>-<attempt>-<type>-<discriminator>`. */
export function createEvent(
  input: OrchestrationEventInput,
): OrchestrationEvent {
  const { type, at, stepId, attempt, discriminator, data } = input;
  const isEnd = endTypes.has(type);
  const ms = isEnd || uniqueTypes.has(type) ? 0 : Date.parse(at);
  const suffix = [isEnd ? "ended" : type.replace(/^.*\./, ""), discriminator]
    .filter((part) => part !== undefined)
    .join("-");
  return {
    key: escapeKey(
      `${String(ms).padStart(13, "0")}-${ranks[type]}-${stepId ?? ""}-${attempt ?? 0}-${suffix}`,
    ),
    type,
    at,
    ...(stepId !== undefined && { stepId }),
    ...(attempt !== undefined && { attempt }),
    ...(data !== undefined && { data }),
  };
}

/** Table Storage rejects `/ \ # ?` and control characters in keys; a model provider's call ids may contain any. */
const escapeKey = (key: string): string =>
  encodeURIComponent(key).replaceAll("%", "=");

/** Sorts events by time. */
export const compareEvents = (
  a: OrchestrationEvent,
  b: OrchestrationEvent,
): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  ranks[a.type] - ranks[b.type] ||
  (a.key < b.key ? -1 : 1);
