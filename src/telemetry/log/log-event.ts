/**
 * Structured log events.
 *
 * 1. Each event is one line of JSON in the log of its invocation, so that the host adds the invocation's ids.
 * 2. A line contains only the fields listed here: ids, names and codes. It contains no prompts and answers, and no error
 *    messages, because they may quote prompts and answers.
 * 3. Orchestrators and entities do not log, because a replay would log again.
 */
import { toFailure } from "../../domain/errors";

/** The part of `InvocationContext` that AOS uses. The host filters by level. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

const eventDefinitions = {
  /** `by` is the `Starter` of src/orchestrations/task-hub.ts. */
  "orchestration.started": ["info", "orchestrationId", "workflow", "by"],
  "orchestration.completed": ["info", "orchestrationId", "workflow"],
  "orchestration.failed": ["error", "orchestrationId", "workflow", "code"],
  "orchestration.terminated": ["info", "orchestrationId", "workflow"],
  /** Started again after a failure of the platform. */
  "orchestration.resumed": ["warn", "orchestrationId", "resumption", "by"],
  /** The end of an orchestration that the task hub ended could not be answered. The sweeper retries. */
  "end.left": ["warn", "orchestrationId", "code"],
  "step.failed": ["warn", "orchestrationId", "stepId", "agent", "code"],
  /** The failed attempt may be retried; the same applies to the next two events. */
  "activity.failed": ["warn", "activity", "orchestrationId", "stepId", "code"],
  "model.failed": ["warn", "orchestrationId", "stepId", "attempt", "code"],
  "tool.failed": [
    "warn",
    "orchestrationId",
    "stepId",
    "tool",
    "idempotencyKey",
    "attempt",
    "code",
  ],
  "claim.taken_over": ["warn", "orchestrationId", "reason", "by"],
  /** The sweeper could not start a claim and retries with the next sweep. */
  "claim.left": ["warn", "orchestrationId", "code"],
  "message.rejected": ["warn", "messageId", "queue", "code"],
  "message.given_back": ["warn", "messageId", "queue", "delivery", "code"],
  "response.sent": ["info", "orchestrationId", "messageId", "queue"],
  /** Service Bus will never accept the message. */
  "message.refused": ["warn", "orchestrationId", "messageId", "queue", "code"],
  /** Daily purge of orchestrations that ended more than `retentionDays` ago. */
  "hub.purged": ["info", "retentionDays", "instances"],
  "hub.not_purged": ["warn", "retentionDays", "code"],
  /** An HTTP response with a 5xx status. `trail` comes from `formatErrorTrail`. */
  "request.failed": ["error", "requestId", "code", "trail"],
} as const satisfies Readonly<
  Record<string, readonly [keyof Log, ...(readonly string[])]>
>;

export type LogEvent = keyof typeof eventDefinitions;
type Field<Event extends LogEvent> = Exclude<
  (typeof eventDefinitions)[Event][number],
  keyof Log
>;
type Fields<Event extends LogEvent> = Readonly<
  Record<Field<Event>, string | number | undefined>
>;

/** The level and fields of every event. */
export const logEventFields: Readonly<Record<string, readonly string[]>> =
  eventDefinitions;

/** Ids from clients can have any length. */
const maxFieldLength = 300;

/** Omits undefined fields, and fields that the event does not define. */
export function logEvent<Event extends LogEvent>(
  log: Log,
  event: Event,
  fields: Fields<Event>,
): void {
  const values: Readonly<Record<string, string | number | undefined>> = fields;
  const [level, ...names] = eventDefinitions[event];
  const line = names.map((name) => {
    const value = values[name];
    return [name, name === "trail" ? value : truncate(value)] as const;
  });
  log[level](JSON.stringify({ event, ...Object.fromEntries(line) }));
}

const truncate = (value: string | number | undefined) =>
  typeof value === "string" && value.length > maxFieldLength
    ? `${value.slice(0, maxFieldLength)}…`
    : value;

const maxFrames = 12;

/** Formats the name, code and stack frames of an error and of its causes, without their messages. */
export function formatErrorTrail(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { stack = "", message } = thrown;
  // The stack contains the original message. When the message has changed since, its lines could look like frames.
  const messageStart = stack.indexOf(message);
  const frames = (
    messageStart < 0 ? "" : stack.slice(messageStart + message.length)
  )
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames);
  const title = [thrown.name, errorCode(thrown)].filter(Boolean).join(" ");
  const cause =
    thrown.cause === undefined
      ? []
      : [`caused by ${formatErrorTrail(thrown.cause)}`];
  return [title, ...frames, ...cause].join("\n");
}

/** A code of AOS or Node.js, such as ECONNREFUSED, or the status of an HTTP response. */
function errorCode(error: Error): string | undefined {
  const { code, statusCode } = error as {
    code?: unknown;
    statusCode?: unknown;
  };
  if (typeof code === "string") return code;
  return typeof statusCode === "number" ? String(statusCode) : undefined;
}

export const toErrorCode = (thrown: unknown): string => toFailure(thrown).code;
