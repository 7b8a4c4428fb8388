/**
 * What the app logs: a line of JSON for each event, through the log of the invocation it happens in, so that the host
 * ships it with the ids of that. Fields are the ones listed here and no others: ids, names and codes. What people, models
 * and tools said is in none, and neither are the messages of errors, which quote it. Orchestrators and entities, which
 * run again with every replay, have no way to call this.
 */
import { toFailure } from "../../domain/errors";

/** The part of `InvocationContext` that is used; the level is what the host filters by. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

const logged = {
  /** The hub took the start. `by`: who asked for it, see `Starter` in src/triggers/start/hub.ts. */
  "orchestration.started": ["info", "orchestrationId", "workflow", "by"],
  "orchestration.completed": ["info", "orchestrationId", "workflow"],
  "orchestration.failed": ["error", "orchestrationId", "workflow", "code"],
  "step.failed": ["warn", "orchestrationId", "stepId", "agent", "code"],
  /** An attempt, which may be made again; so with the next two. */
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
  /** What is claimed could not be started; the next sweep tries again. */
  "claim.left": ["warn", "orchestrationId", "code"],
  "message.rejected": ["warn", "messageId", "queue", "code"],
  "message.given_back": ["warn", "messageId", "queue", "delivery", "code"],
  "response.sent": ["info", "orchestrationId", "messageId", "queue"],
  /** Service Bus will never take it. */
  "message.refused": ["warn", "orchestrationId", "messageId", "queue", "code"],
  /** What ended so many days ago the hub has forgotten, as it should; or keeps until the next night. */
  "hub.purged": ["info", "retentionDays", "instances"],
  "hub.not_purged": ["warn", "retentionDays", "code"],
  /** Of HTTP, and not the caller's fault. `trail`: see `trailOf`. */
  "request.failed": ["error", "requestId", "code", "trail"],
} as const satisfies Readonly<
  Record<string, readonly [keyof Log, ...(readonly string[])]>
>;

export type LogEvent = keyof typeof logged;
type Field<Event extends LogEvent> = Exclude<
  (typeof logged)[Event][number],
  keyof Log
>;
type Fields<Event extends LogEvent> = Readonly<
  Record<Field<Event>, string | number | undefined>
>;

/** Every event with its level and fields. */
export const logEventFields: Readonly<Record<string, readonly string[]>> =
  logged;

/** Ids of others' making can be of any length. */
const longest = 300;

/** Writes the line. What `fields` has beyond the list of the event is left out, and so is what is undefined. */
export function logEvent<Event extends LogEvent>(
  log: Log,
  event: Event,
  fields: Fields<Event>,
): void {
  const given: Readonly<Record<string, string | number | undefined>> = fields;
  const [level, ...names] = logged[event];
  const line = names.map((name) => {
    const value = given[name];
    return [name, name === "trail" ? value : shortened(value)] as const;
  });
  log[level](JSON.stringify({ event, ...Object.fromEntries(line) }));
}

const shortened = (value: string | number | undefined) =>
  typeof value === "string" && value.length > longest
    ? `${value.slice(0, longest)}…`
    : value;

const framesOfEach = 12;

/**
 * Where an error came from: for it and each of its causes the name, the code if it has one, and the stack without the
 * message.
 */
export function formatErrorTrail(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { stack = "", message } = thrown;
  // A stack begins with the message as it was when it was made; one that has changed since cannot be told from frames.
  const begin = stack.indexOf(message);
  const frames = (begin < 0 ? "" : stack.slice(begin + message.length))
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, framesOfEach);
  const what = [thrown.name, codeOf(thrown)].filter(Boolean).join(" ");
  const cause =
    thrown.cause === undefined
      ? []
      : [`caused by ${formatErrorTrail(thrown.cause)}`];
  return [what, ...frames, ...cause].join("\n");
}

/** Ours, Node's such as ECONNREFUSED, or the status of an answer. */
function codeOf(error: Error): string | undefined {
  const { code, statusCode } = error as {
    code?: unknown;
    statusCode?: unknown;
  };
  if (typeof code === "string") return code;
  return typeof statusCode === "number" ? String(statusCode) : undefined;
}

export const toErrorCode = (thrown: unknown): string => toFailure(thrown).code;
