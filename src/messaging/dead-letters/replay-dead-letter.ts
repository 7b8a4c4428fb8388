import { AosError } from "../../domain/errors";
import type { Json } from "../../domain/payload";
import type { Messaging, QueuePath } from "../ports";
import { buildReplayMessage } from "./replay-message";

interface ReplayedDeadLetter {
  /** The queue to which the message was sent again. */
  readonly source: string;
  /** The original message id. */
  readonly messageId: string;
}

/** Sends a dead letter again, optionally with another body, and removes it. */
export async function replayDeadLetter(
  messaging: Messaging,
  {
    queue,
    sequenceNumber,
  }: { readonly queue: QueuePath; readonly sequenceNumber: string },
  body: Json | undefined,
): Promise<ReplayedDeadLetter> {
  let replayed: ReplayedDeadLetter | undefined;
  const result = await messaging.processDeadLetter(
    queue,
    sequenceNumber,
    async (letter) => {
      const message = buildReplayMessage(letter, queue, body);
      await messaging.send(message);
      const messageId = String(message.properties["idempotencyKey"]);
      replayed = { source: message.to, messageId };
    },
  );
  if (result === "processed" && replayed !== undefined) return replayed;
  if (result === "locked")
    throw new AosError(
      "dead_letter_locked",
      `Dead letter ${sequenceNumber} of ${queue} is locked by another receiver. Retry after the receiver has released it.`,
    );
  throw new AosError(
    "dead_letter_not_found",
    `Dead letter ${sequenceNumber} does not exist in ${queue}. List dead letters with GET /api/dead-letters?queue=${queue}.`,
  );
}
