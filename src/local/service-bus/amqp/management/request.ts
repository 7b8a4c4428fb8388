import type { LiveQueue } from "../../live-queue";
import type { Entity } from "../../namespace";
import type { Session } from "../../rules/sessions";
import { ServiceBusError } from "../../service-bus-error";
import { OutboundLink } from "../outbound-link";
import type { Peer } from "../peer";

/** What a client asks of an entity's `$management`. */
export interface Request {
  readonly peer: Peer;
  readonly entity: Entity;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The body of an answer; undefined says that there is nothing (204). */
export type Answer = Readonly<Record<string, unknown>> | undefined;

export type Operation = (request: Request) => Answer | Promise<Answer>;

/** Where the messages are that the request is about. */
export function queueOf({ entity }: Request): LiveQueue {
  if (entity.kind !== "topic") return entity.queue;
  throw new ServiceBusError(
    "amqp:not-allowed",
    "A topic keeps no messages: ask one of its subscriptions.",
  );
}

/** The session of the request, which the client must have locked; undefined when it names none. */
export function sessionOf(request: Request): Session | undefined {
  const id = request.body["session-id"];
  if (typeof id !== "string") return undefined;
  const { sessions, path } = queueOf(request).rules;
  if (sessions === undefined)
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' does not require sessions, so it has none.`,
    );
  return sessions.heldBy(
    id,
    (holder) => holder instanceof OutboundLink && holder.peer === request.peer,
  );
}

export function requiredSession(request: Request): Session {
  const session = sessionOf(request);
  if (session) return session;
  throw invalid("session-id", "the id of a session");
}

export function listOf<Item>(
  { body }: Request,
  field: string,
  isItem: (value: unknown) => value is Item,
): readonly Item[] {
  const value = body[field];
  if (Array.isArray(value) && value.every(isItem)) return value;
  throw invalid(field, "a list");
}

export function numberOf({ body }: Request, field: string): number {
  const value = body[field];
  if (typeof value === "number") return value;
  throw invalid(field, "a number");
}

export const isNumber = (value: unknown): value is number =>
  typeof value === "number";
export const isBuffer = (value: unknown): value is Buffer =>
  Buffer.isBuffer(value);

export const invalid = (field: string, wanted: string): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:argument-error",
    `'${field}' of the request must be ${wanted}.`,
  );

/** Resolves when what `write` begins is on disk. */
export const onDisk = (write: (landed: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    write(resolve);
  });
