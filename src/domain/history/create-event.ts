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
};

/** Derives the key `<13-digit ms>-<rank>-<stepId>-<attempt>-<type>-<discriminator>`: sortable and deterministic. */
export function createEvent(
  input: OrchestrationEventInput,
): OrchestrationEvent {
  const { type, at, stepId, attempt, discriminator, data } = input;
  const ms = String(Date.parse(at)).padStart(13, "0");
  const suffix = [type.replace(/^.*\./, ""), discriminator]
    .filter((part) => part !== undefined)
    .join("-");
  return {
    key: escapeKey(
      `${ms}-${ranks[type]}-${stepId ?? ""}-${attempt ?? 0}-${suffix}`,
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
