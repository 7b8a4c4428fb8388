import { EventType } from "../../model/history-event";
import type {
  MessageDelivery,
  EntityMessage,
  EntityRequest,
  LockRequest,
  OutgoingHubMessage,
  LockRelease,
} from "../../model/hub-message";
import type { EntityRow } from "../../store/task-hub-store";

const isLock = (message: EntityMessage): message is LockRequest =>
  "lockSet" in message;
const isRelease = (message: EntityMessage): message is LockRelease =>
  "releasedBy" in message;
const isOperation = (message: EntityMessage): message is EntityRequest =>
  "operation" in message;

export type EntityWork =
  | { readonly kind: "none" }
  | {
      readonly kind: "batch";
      readonly deliveries: readonly MessageDelivery<EntityRequest>[];
    }
  | {
      readonly kind: "lock";
      readonly deliveries: readonly MessageDelivery<EntityMessage>[];
      readonly row: EntityRow;
      readonly outgoing: readonly OutgoingHubMessage[];
    };

/**
 * Selects the next work of an entity: operations in order, up to the next lock request or release. While the entity is
 * locked, only messages of the lock holder are processed. Other messages stay in the queue, and in the durable inbox.
 */
export function nextEntityWork(
  row: EntityRow,
  queue: readonly MessageDelivery<EntityMessage>[],
  batchSize: number,
): EntityWork {
  const withdrawn = findWithdrawnRequest(row, queue);
  if (withdrawn.length > 0)
    return { kind: "lock", deliveries: withdrawn, row, outgoing: [] };
  return row.lockedBy === null
    ? nextUnlockedWork(row, queue, batchSize)
    : nextLockedWork(row, row.lockedBy, queue, batchSize);
}

/**
 * Finds a release from an instance that does not hold the lock, and the earlier lock requests of that instance. The instance
 * ended while it waited for the lock.
 */
function findWithdrawnRequest(
  { lockedBy }: EntityRow,
  queue: readonly MessageDelivery<EntityMessage>[],
): readonly MessageDelivery<EntityMessage>[] {
  const release = queue
    .map(({ message }) => message)
    .find(
      (message): message is LockRelease =>
        isRelease(message) && message.releasedBy !== lockedBy,
    );
  if (release === undefined) return [];
  const end = queue.findIndex(({ message }) => message === release) + 1;
  return queue
    .slice(0, end)
    .filter(
      ({ message }) =>
        message === release ||
        (isLock(message) && message.caller.instanceId === release.releasedBy),
    );
}

function nextUnlockedWork(
  row: EntityRow,
  queue: readonly MessageDelivery<EntityMessage>[],
  batchSize: number,
): EntityWork {
  const [first] = queue;
  if (first === undefined) return { kind: "none" };
  if (isLock(first.message))
    return {
      kind: "lock",
      deliveries: [first],
      row: { ...row, lockedBy: first.message.caller.instanceId },
      outgoing: [forwardLockRequest(first.message)],
    };
  const end = queue.findIndex(({ message }) => !isOperation(message));
  return toBatch(queue.slice(0, end < 0 ? undefined : end), batchSize);
}

function nextLockedWork(
  row: EntityRow,
  holder: string,
  queue: readonly MessageDelivery<EntityMessage>[],
  batchSize: number,
): EntityWork {
  const fromHolder = queue.filter(
    ({ message }) => senderOf(message) === holder,
  );
  const release = fromHolder.findIndex(({ message }) => isRelease(message));
  const [first] = fromHolder;
  if (first === undefined) return { kind: "none" };
  if (release === 0)
    return {
      kind: "lock",
      deliveries: [first],
      row: { ...row, lockedBy: null },
      outgoing: [],
    };
  // A lost episode, or the execution that this one replaced, has requested the lock before.
  if (isLock(first.message))
    return {
      kind: "lock",
      deliveries: [first],
      row,
      outgoing: [forwardLockRequest(first.message)],
    };
  const end = fromHolder.findIndex(({ message }) => !isOperation(message));
  return toBatch(fromHolder.slice(0, end < 0 ? undefined : end), batchSize);
}

function toBatch(
  deliveries: readonly MessageDelivery<EntityMessage>[],
  size: number,
): EntityWork {
  const operations = deliveries
    .filter((delivery): delivery is MessageDelivery<EntityRequest> =>
      isOperation(delivery.message),
    )
    .slice(0, size);
  return operations.length === 0
    ? { kind: "none" }
    : { kind: "batch", deliveries: operations };
}

const senderOf = (message: EntityMessage): string | undefined =>
  isRelease(message) ? message.releasedBy : message.caller?.instanceId;

/** Forwards the request to the next entity of the lock set. The last entity responds to the caller. */
function forwardLockRequest(request: LockRequest): OutgoingHubMessage {
  const position = request.position + 1;
  const next = request.lockSet[position];
  if (next !== undefined)
    return { to: next, message: { ...request, position } };
  const { instanceId, executionId } = request.caller;
  const Input = JSON.stringify({
    result: JSON.stringify("Lock Acquisition Completed"),
  });
  const event = {
    EventType: EventType.EventRaised,
    Name: request.id,
    Input,
  };
  return { to: instanceId, message: { executionId, event } };
}
