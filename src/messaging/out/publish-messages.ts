import { type Failure, toFailure } from "../../domain/errors";
import { createEvent } from "../../domain/history/create-event";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { eventTopic } from "../entities";
import type { Messaging, OutgoingMessage } from "../ports";
import type { HistoryLog } from "../../storage/ports";
import { type Log, logEvent, toErrorCode } from "../../telemetry/log/log-event";

interface MessageSource {
  readonly orchestrationId: string;
  /** Replay-safe time, ISO 8601. */
  readonly at: string;
}

/**
 * Sends all messages. If Service Bus rejects one permanently, for example because its queue does not exist, the
 * rejection becomes a history event, as a retry cannot succeed. Any other error is thrown, so that the caller retries.
 */
export async function publishMessages(
  messages: readonly OutgoingMessage[],
  { orchestrationId, at }: MessageSource,
  {
    messaging,
    history,
    log,
  }: Readonly<{ messaging: Messaging; history: HistoryLog; log: Log }>,
): Promise<void> {
  const results = await Promise.all(
    messages.map(async (message) => ({
      message,
      failed: await messaging.send(message).then(
        () => undefined,
        (error: unknown) => ({ error }),
      ),
    })),
  );
  const rejections = results.flatMap(({ message, failed }) =>
    failed !== undefined && isPermanent(failed.error)
      ? [refusedEvent(message, toFailure(failed.error), at)]
      : [],
  );
  if (rejections.length > 0) await history.append(orchestrationId, rejections);
  for (const { message, failed } of results)
    logResult(log, orchestrationId, message, failed?.error);
  const transient = results.find(
    ({ failed }) => failed !== undefined && !isPermanent(failed.error),
  );
  if (transient?.failed !== undefined) throw transient.failed.error;
}

/** A sent lifecycle event is not logged: the orchestration logs the same fact. */
function logResult(
  log: Log,
  orchestrationId: string,
  { to, messageId }: OutgoingMessage,
  error: unknown,
): void {
  const fields = { orchestrationId, messageId, queue: to };
  if (error === undefined) {
    if (to !== eventTopic) logEvent(log, "response.sent", fields);
  } else if (isPermanent(error))
    logEvent(log, "message.refused", { ...fields, code: toErrorCode(error) });
}

const permanentCodes: ReadonlySet<string> = new Set([
  "queue_not_found",
  "message_refused",
]);
const isPermanent = (thrown: unknown): boolean =>
  permanentCodes.has(toErrorCode(thrown));

const refusedEvent = (
  { to, messageId }: OutgoingMessage,
  { code, message }: Failure,
  at: string,
): OrchestrationEvent =>
  createEvent({
    type: "message.refused",
    at,
    discriminator: messageId,
    data: { to, messageId, error: { code, message } },
  });
