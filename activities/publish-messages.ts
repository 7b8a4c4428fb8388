import { type Failure, toFailure } from "../src/domain/errors";
import type { HistoryLog } from "../src/storage/ports";
import type { Messaging, OutgoingMessage } from "../src/messaging/ports";
import { eventTopic } from "../src/messaging/entities";
import { createEvent } from "../src/domain/history/create-event";
import {
  toErrorCode,
  type Log,
  logEvent,
} from "../src/telemetry/log/log-event";

interface Fact {
  readonly orchestrationId: string;
  /** Replay-safe. */
  readonly at: string;
}

/**
 * Sends all of the messages. One that Service Bus will never take, for example because its queue does not exist, becomes
 * a fact of the history: trying again would not end. Anything else is thrown, to be tried again by whoever called.
 */
export async function publishMessages(
  messages: readonly OutgoingMessage[],
  { orchestrationId, at }: Fact,
  {
    messaging,
    history,
    log,
  }: Readonly<{ messaging: Messaging; history: HistoryLog; log: Log }>,
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
  for (const { message, thrown } of sent)
    logSent(log, orchestrationId, message, thrown?.error);
  if (passing?.thrown !== undefined) throw passing.thrown.error;
}

/** Events go to a topic, and are logged when they are refused only: the orchestration's own lines tell the same. */
function logSent(
  log: Log,
  orchestrationId: string,
  { to, messageId }: OutgoingMessage,
  error: unknown,
): void {
  const about = { orchestrationId, messageId, queue: to };
  if (error === undefined) {
    if (to !== eventTopic) logEvent(log, "response.sent", about);
  } else if (isFinal(error))
    logEvent(log, "message.refused", { ...about, code: toErrorCode(error) });
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
  createEvent({
    type: "message.refused",
    at,
    discriminator: messageId,
    data: { to, messageId, error: { code, message } },
  });
