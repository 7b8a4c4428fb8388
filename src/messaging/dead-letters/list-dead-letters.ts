import { type Failure, toFailure } from "../../domain/errors";
import { deadLetterQueues } from "../entities";
import type { DeadLetter, Messaging, QueuePath } from "../ports";

const pageSize = 250;
/** Counting has to read every message. */
const maxCounted = 1_000;

export interface DeadLetterQuery {
  readonly queue?: QueuePath | undefined;
  /** A sequence number; requires `queue`. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface DeadLetterList {
  readonly count: DeadLetterCount;
  readonly letters: readonly DeadLetter[];
}
interface DeadLetterCount {
  readonly queue: QueuePath;
  readonly count: number;
  /** Present when the queue holds more messages than were counted. */
  readonly more?: true;
  readonly error?: Failure;
}

/** Lists at most `limit` dead letters per queue, of all queues unless the query names one. */
export async function listDeadLetters(
  messaging: Messaging,
  { queue, after, limit }: DeadLetterQuery,
): Promise<readonly DeadLetterList[]> {
  const from = after === undefined ? "0" : nextSequenceNumber(after);
  const list = (path: QueuePath) => listQueue(messaging, path, from, limit);
  return queue === undefined
    ? Promise.all(deadLetterQueues.map((path) => orMissing(path, list(path))))
    : [await list(queue)];
}

async function listQueue(
  messaging: Messaging,
  queue: QueuePath,
  first: string,
  limit: number,
): Promise<DeadLetterList> {
  const letters: DeadLetter[] = [];
  let from = first;
  for (let count = 0; ;) {
    const page = await messaging.peekDeadLetters(queue, {
      from,
      limit: pageSize,
    });
    letters.push(...page.slice(0, limit - letters.length));
    count += page.length;
    const last = page.at(-1);
    if (last === undefined) return { count: { queue, count }, letters };
    if (count >= maxCounted)
      return { count: { queue, count, more: true }, letters };
    from = nextSequenceNumber(last.sequenceNumber);
  }
}

const nextSequenceNumber = (sequenceNumber: string): string =>
  (BigInt(sequenceNumber) + 1n).toString();

/** Reports a missing queue in the result, so that the other queues are listed. */
async function orMissing(
  queue: QueuePath,
  list: Promise<DeadLetterList>,
): Promise<DeadLetterList> {
  try {
    return await list;
  } catch (thrown) {
    const error = toFailure(thrown);
    if (error.code !== "queue_not_found") throw thrown;
    return { count: { queue, count: 0, error }, letters: [] };
  }
}
