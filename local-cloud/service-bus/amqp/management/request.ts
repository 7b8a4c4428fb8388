import type { NamespaceEntity } from "../../namespace/namespace";
import type { QueueDispatcher } from "../../queue/queue-dispatcher";
import type { QueueSession } from "../../queue/sessions";
import { ServiceBusError } from "../../service-bus-error";
import { OutboundLink } from "../outbound-link";
import type { Peer } from "../peer";

/** A request to an entity's `$management` node. */
export interface ManagementRequest {
  readonly peer: Peer;
  readonly entity: NamespaceEntity;
  readonly body: Readonly<Record<string, unknown>>;
  /** The encoded message, which has the AMQP types that `body` lacks. */
  readonly bytes: Buffer;
}

/** The body of the response; undefined for no content (204). */
type ResponseBody = Readonly<Record<string, unknown>> | undefined;

export type ManagementOperation = (
  request: ManagementRequest,
) => ResponseBody | Promise<ResponseBody>;

/** Throws `not-allowed` for a topic. */
export function requireQueue({ entity }: ManagementRequest): QueueDispatcher {
  if (entity.kind !== "topic") return entity.dispatcher;
  throw new ServiceBusError(
    "amqp:not-allowed",
    "A topic stores no messages. Send the request to one of its subscriptions.",
  );
}

/** Returns the session of the request, which the client must have locked; undefined for a request without a session. */
export function findRequestSession(
  request: ManagementRequest,
): QueueSession | undefined {
  const id = request.body["session-id"];
  if (typeof id !== "string") return undefined;
  const { sessions, path } = requireQueue(request).queue;
  if (sessions === undefined)
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' does not require sessions, so the operation is not supported.`,
    );
  return sessions.requireHeld(
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

export const invalidField = (
  field: string,
  expected: string,
): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:argument-error",
    `'${field}' of the request must be ${expected}.`,
  );

/** Promisifies an operation that takes an `onCommitted` callback. */
export const untilCommitted = (
  start: (onCommitted: () => void) => void,
): Promise<void> => new Promise(start);
