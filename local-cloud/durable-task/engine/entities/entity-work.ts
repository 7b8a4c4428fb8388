/** What an entity does next, as a function of its row and its queue. */
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
  | { readonly kind: "rest" }
  | {
      readonly kind: "batch";
      readonly taken: readonly MessageDelivery<EntityRequest>[];
    }
  | {
      readonly kind: "lock";
      readonly taken: readonly MessageDelivery<EntityMessage>[];
      readonly row: EntityRow;
      readonly outgoing: readonly OutgoingHubMessage[];
    };

/**
 * Operations are taken in their order, up to the next request for a lock. A locked entity serves only the instance that
 * holds the lock; whatever others want stays in the queue until the release, and in the inbox, so that it survives.
 */
export function nextEntityWork(
  row: EntityRow,
  queue: readonly MessageDelivery<EntityMessage>[],
  batchSize: number,
): EntityWork {
  const foreign = foreignRelease(row, queue);
  if (foreign.length > 0)
    return { kind: "lock", taken: foreign, row, outgoing: [] };
  return row.lockedBy === null
    ? unlockedWork(row, queue, batchSize)
    : lockedWork(row, row.lockedBy, queue, batchSize);
}

/** The release of an instance that does not hold the lock: it ended while it waited for it, and takes its request back. */
function foreignRelease(
  { lockedBy }: EntityRow,
  queue: readonly MessageDelivery<EntityMessage>[],
): readonly MessageDelivery<EntityMessage>[] {
  const release = queue
    .map(({ message }) => message)
    .find(
      (message): message is LockRelease =>
        isRelease(message) && message.releasedBy !== lockedBy,
    );
  return release === undefined
    ? []
    : queue.filter(
        ({ message }) =>
          message === release ||
          (isLock(message) && message.caller.instanceId === release.releasedBy),
      );
}

function unlockedWork(
  row: EntityRow,
  queue: readonly MessageDelivery<EntityMessage>[],
  batchSize: number,
): EntityWork {
  const [first] = queue;
  if (first === undefined) return { kind: "rest" };
  if (isLock(first.message))
    return {
      kind: "lock",
      taken: [first],
      row: { ...row, lockedBy: first.message.caller.instanceId },
      outgoing: [granted(first.message)],
    };
  const end = queue.findIndex(({ message }) => !isOperation(message));
  return batch(queue.slice(0, end < 0 ? undefined : end), batchSize);
}

function lockedWork(
  row: EntityRow,
  holder: string,
  queue: readonly MessageDelivery<EntityMessage>[],
  batchSize: number,
): EntityWork {
  const mine = queue.filter(({ message }) => senderOf(message) === holder);
  const release = mine.findIndex(({ message }) => isRelease(message));
  const [first] = mine;
  if (first === undefined) return { kind: "rest" };
  if (release === 0)
    return {
      kind: "lock",
      taken: [first],
      row: { ...row, lockedBy: null },
      outgoing: [],
    };
  return batch(mine.slice(0, release < 0 ? undefined : release), batchSize);
}

function batch(
  deliveries: readonly MessageDelivery<EntityMessage>[],
  size: number,
): EntityWork {
  const taken = deliveries
    .filter((delivery): delivery is MessageDelivery<EntityRequest> =>
      isOperation(delivery.message),
    )
    .slice(0, size);
  return taken.length === 0 ? { kind: "rest" } : { kind: "batch", taken };
}

const senderOf = (message: EntityMessage): string | undefined =>
  isRelease(message) ? message.releasedBy : message.caller?.instanceId;

/** The next entity of the lock set is asked; the last one tells the caller that the section is its own. */
function granted(request: LockRequest): OutgoingHubMessage {
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
