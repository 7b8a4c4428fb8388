import type { QueueDispatcher } from "../../queue/queue-dispatcher";
import type { NamespaceEntity } from "../../namespace/namespace";
import type { QueueSession } from "../../queue/sessions";
import { ServiceBusError } from "../../service-bus-error";
import { OutboundLink } from "../outbound-link";
import type { Peer } from "../peer";

/** What a client asks of an entity's `$management`. */
export interface ManagementRequest {
  readonly peer: Peer;
  readonly entity: NamespaceEntity;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The body of an answer; undefined says that there is nothing (204). */
type Answer = Readonly<Record<string, unknown>> | undefined;

export type ManagementOperation = (
  request: ManagementRequest,
) => Answer | Promise<Answer>;

/** Where the messages are that the request is about. */
export function requireQueue({ entity }: ManagementRequest): QueueDispatcher {
  if (entity.kind !== "topic") return entity.queue;
  throw new ServiceBusError(
    "amqp:not-allowed",
    "A topic keeps no messages: ask one of its subscriptions.",
  );
}

/** The session of the request, which the client must have locked; undefined when it names none. */
export function findRequestSession(
  request: ManagementRequest,
): QueueSession | undefined {
  const id = request.body["session-id"];
  if (typeof id !== "string") return undefined;
  const { sessions, path } = requireQueue(request).rules;
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

export function requireSession(request: ManagementRequest): QueueSession {
  const session = findRequestSession(request);
  if (session) return session;
  throw invalidField("session-id", "the id of a session");
}

export function readList<Item>(
  { body }: ManagementRequest,
  field: string,
  isItem: (value: unknown) => value is Item,
): readonly Item[] {
  const value = body[field];
  if (Array.isArray(value) && value.every(isItem)) return value;
  throw invalidField(field, "a list");
}

export function readNumber({ body }: ManagementRequest, field: string): number {
  const value = body[field];
  if (typeof value === "number") return value;
  throw invalidField(field, "a number");
}

export const isNumber = (value: unknown): value is number =>
  typeof value === "number";
export const isBuffer = (value: unknown): value is Buffer =>
  Buffer.isBuffer(value);

export const invalidField = (field: string, wanted: string): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:argument-error",
    `'${field}' of the request must be ${wanted}.`,
  );

/** Resolves when what `write` begins is on disk. */
export const untilCommitted = (
  write: (landed: () => void) => void,
): Promise<void> =>
  new Promise((resolve) => {
    write(resolve);
  });
