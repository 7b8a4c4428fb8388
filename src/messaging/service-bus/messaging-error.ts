import { AosError, type ErrorCode } from "../../domain/errors";

/** Errors of the client and of the identity behind it, by name: they come from several packages. */
const foreign =
  /^(ServiceBusError|MessagingError|AbortError|TimeoutError|.*(Authentication|Credential).*Error)$/;

/** Runs a request to the broker. What stays unhandled of its errors becomes one of ours; `what` names the entity. */
export async function wrapMessagingErrors<Result>(
  what: string,
  request: () => Promise<Result>,
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw toMessagingError(what, error);
  }
}

function toMessagingError(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || !foreign.test(error.name)) return error;
  const code = codeOf(error);
  return new AosError(code, textOf[code](what, firstLine(error)), {
    cause: error,
  });
}

type MessagingCode = Extract<
  ErrorCode,
  "queue_not_found" | "message_refused" | "messaging_unavailable"
>;

const textOf: Readonly<
  Record<MessagingCode, (what: string, reason: string) => string>
> = {
  queue_not_found: (what) =>
    `Service Bus has no entity "${what}". Create it, or name another one.`,
  message_refused: (what, reason) =>
    `Service Bus refused a message to "${what}": ${reason}. Sending it again will not help.`,
  messaging_unavailable: (what, reason) =>
    `Service Bus did not serve "${what}": ${reason}. Check that it runs, that AZURE_SERVICEBUS_CONNECTION_STRING is right and that the app may use it; then try again.`,
};

/** Refused access and disabled entities count as passing: permissions are mended while orchestrations wait. */
function codeOf(error: Error): MessagingCode {
  const code = "code" in error ? error.code : undefined;
  if (code === "MessagingEntityNotFound") return "queue_not_found";
  if (code === "MessageSizeExceeded") return "message_refused";
  // The client puts the broker's condition in front: not allowed, for example without a session where one is needed.
  return /^(InvalidOperation|Argument|ArgumentOutOfRange)Error: /.test(
    error.message,
  )
    ? "message_refused"
    : "messaging_unavailable";
}

const firstLine = (error: Error): string =>
  (error.message.split("\n", 1)[0] ?? "").replace(/[.\s]+$/, "");
