/** What went wrong, as AMQP names it; the clients map it to their own codes. */
export type AmqpErrorCondition =
  | "amqp:not-found" // no such entity
  | "amqp:not-allowed" // the entity is of another kind, or the operation is not for it
  | "amqp:not-implemented"
  | "amqp:unauthorized-access"
  | "amqp:decode-error" // bytes that are no message
  | "amqp:invalid-field"
  | "amqp:internal-error"
  | "amqp:link:message-size-exceeded"
  | "amqp:resource-limit-exceeded"
  | "com.microsoft:argument-error"
  | "com.microsoft:entity-already-exists"
  | "com.microsoft:message-lock-lost"
  | "com.microsoft:message-not-found"
  | "com.microsoft:server-busy"
  | "com.microsoft:session-cannot-be-locked"
  | "com.microsoft:session-lock-lost"
  | "com.microsoft:timeout";

const statusCodes: Readonly<Record<AmqpErrorCondition, number>> = {
  "amqp:not-found": 404,
  "amqp:not-allowed": 400,
  "amqp:not-implemented": 501,
  "amqp:unauthorized-access": 401,
  "amqp:decode-error": 400,
  "amqp:invalid-field": 400,
  "amqp:internal-error": 500,
  "amqp:link:message-size-exceeded": 400,
  "amqp:resource-limit-exceeded": 403,
  "com.microsoft:argument-error": 400,
  "com.microsoft:entity-already-exists": 409,
  "com.microsoft:message-lock-lost": 410,
  "com.microsoft:message-not-found": 404,
  "com.microsoft:server-busy": 503,
  "com.microsoft:session-cannot-be-locked": 410,
  "com.microsoft:session-lock-lost": 410,
  "com.microsoft:timeout": 408,
};

/** Told to the client, as the error of a link or a disposition, or as the status of an answer. */
export class ServiceBusError extends Error {
  override readonly name = "ServiceBusError";
  readonly code: AmqpErrorCondition;

  constructor(
    code: AmqpErrorCondition,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }

  get amqpError(): { condition: string; description: string } {
    return { condition: this.code, description: this.message };
  }

  get statusCode(): number {
    return statusCodes[this.code];
  }
}

/** Anything else that was thrown is the broker's own failure. */
export const toServiceBusError = (error: unknown): ServiceBusError =>
  error instanceof ServiceBusError
    ? error
    : new ServiceBusError(
        "amqp:internal-error",
        "The broker failed; its log says why.",
        { cause: error },
      );
