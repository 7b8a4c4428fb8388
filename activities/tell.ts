import { type Failure, toFailure } from "../src/errors";
import type { HistoryLog } from "../src/history/ports";
import type { Messaging, OutgoingMessage } from "../src/messaging/ports";
import { historyRow } from "../src/model/history-rows";

interface Fact {
  readonly orchestrationId: string;
  /** Replay-safe. */
  readonly at: string;
}

/**
 * Sends all of the messages. One that Service Bus will never take, for example because its queue does not exist, becomes
 * a fact of the history: trying again would not end. Anything else is thrown, to be tried again by whoever called.
 */
export async function tell(
  messages: readonly OutgoingMessage[],
  { orchestrationId, at }: Fact,
  {
    messaging,
    history,
  }: Readonly<{ messaging: Messaging; history: HistoryLog }>,
): Promise<void> {
  const sent = await Promise.all(
    messages.map(async (message) => ({
      message,
      thrown: await messaging.send(message).then(
        () => undefined,
        (thrown: unknown) => ({ error: thrown }),
      ),
    })),
  );
  const passing = sent.find(
    ({ thrown }) => thrown !== undefined && !isFinal(thrown.error),
  );
  const rows = sent.flatMap(({ message, thrown }) =>
    thrown !== undefined && isFinal(thrown.error)
      ? [refusedRow(message, toFailure(thrown.error), at)]
      : [],
  );
  if (rows.length > 0) await history.append(orchestrationId, rows);
  if (passing?.thrown !== undefined) throw passing.thrown.error;
}

const finalCodes: ReadonlySet<string> = new Set([
  "queue_not_found",
  "message_refused",
]);
const isFinal = (thrown: unknown): boolean =>
  finalCodes.has(toFailure(thrown).code);

const refusedRow = (
  { to, messageId }: OutgoingMessage,
  { code, message }: Failure,
  at: string,
) =>
  historyRow({
    type: "message.refused",
    at,
    discriminator: messageId,
    data: { to, messageId, error: { code, message } },
  });
