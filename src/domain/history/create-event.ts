import type {
  OrchestrationEvent,
  OrchestrationEventType,
} from "./orchestration-history";
import type { Json } from "../payload";

export interface OrchestrationEventInput {
  readonly type: OrchestrationEventType;
  /** Replay-safe, ISO 8601: the same however often the fact is written. */
  readonly at: string;
  readonly stepId?: string;
  readonly attempt?: number;
  /** Tells apart facts of one type, step, attempt and moment, for example two tool calls. */
  readonly discriminator?: string;
  readonly data?: Readonly<Record<string, Json>>;
}

/**
 * What an orchestrator learns in one go carries one time; within it, what ended is told before what that started.
 */
const ranks: Readonly<Record<OrchestrationEventType, number>> = {
  "orchestration.started": 0,
  "model.called": 1,
  "tool.called": 1,
  "message.refused": 9,
  "step.completed": 2,
  "step.failed": 2,
  "step.skipped": 2,
  "step.retried": 3,
  "step.started": 4,
  "orchestration.completed": 9,
  "orchestration.failed": 9,
};

/** A row under the key `<13-digit ms>-<rank>-<stepId>-<attempt>-<what>`: sortable, and the same for the same fact. */
export function createEvent(fact: OrchestrationEventInput): OrchestrationEvent {
  const { type, at, stepId, attempt, discriminator, data } = fact;
  const ms = String(Date.parse(at)).padStart(13, "0");
  const what = [type.replace(/^.*\./, ""), discriminator]
    .filter((part) => part !== undefined)
    .join("-");
  return {
    key: keySafe(
      `${ms}-${ranks[type]}-${stepId ?? ""}-${attempt ?? 0}-${what}`,
    ),
    type,
    at,
    ...(stepId !== undefined && { stepId }),
    ...(attempt !== undefined && { attempt }),
    ...(data !== undefined && { data }),
  };
}

/** Table Storage refuses `/ \ # ?` and control characters in keys; call ids are the model provider's invention. */
const keySafe = (key: string): string =>
  encodeURIComponent(key).replaceAll("%", "=");
