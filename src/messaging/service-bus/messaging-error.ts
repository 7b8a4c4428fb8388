import { AosError, type ErrorCode } from "../../domain/errors";

/** Names of errors of the Service Bus client and of Azure Identity. They come from several packages, so not `instanceof`. */
const clientErrorNames =
  /^(ServiceBusError|MessagingError|AbortError|TimeoutError|.*(Authentication|Credential).*Error)$/;

/** Converts errors of the Service Bus client about `entity` to an `AosError`. */
export async function wrapMessagingErrors<Result>(
  entity: string,
  request: () => Promise<Result>,
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw toMessagingError(entity, error);
  }
}

function toMessagingError(entity: string, error: unknown): unknown {
  if (!(error instanceof Error) || !clientErrorNames.test(error.name))
    return error;
  const code = classify(error);
  const message = errorMessages[code](entity, firstLine(error));
  return new AosError(code, message, { cause: error });
}

type MessagingErrorCode = Extract<
  ErrorCode,
  "queue_not_found" | "message_refused" | "messaging_unavailable"
>;

const errorMessages: Readonly<
  Record<MessagingErrorCode, (entity: string, reason: string) => string>
> = {
  queue_not_found: (entity) =>
    `Service Bus has no queue or topic "${entity}". Create it, or use another name.`,
  message_refused: (entity, reason) =>
    `Service Bus refused a message to "${entity}": ${reason}. Do not send the same message again.`,
  messaging_unavailable: (entity, reason) =>
    `Service Bus is unavailable for "${entity}": ${reason}. Check that the namespace is running, that AZURE_SERVICEBUS_CONNECTION_STRING is correct and that the app has access, then retry.`,
};

/** Denied access and disabled entities are retryable: an operator can fix them while orchestrations wait. */
function classify(error: Error): MessagingErrorCode {
  const code = "code" in error ? error.code : undefined;
  if (code === "MessagingEntityNotFound") return "queue_not_found";
  if (code === "MessageSizeExceeded") return "message_refused";
  // The client prefixes the message with the AMQP condition, for example when a required session id is missing.
  return /^(InvalidOperation|Argument|ArgumentOutOfRange)Error: /.test(
    error.message,
  )
    ? "message_refused"
    : "messaging_unavailable";
}

const firstLine = (error: Error): string =>
  (error.message.split("\n", 1)[0] ?? "").replace(/[.\s]+$/, "");
