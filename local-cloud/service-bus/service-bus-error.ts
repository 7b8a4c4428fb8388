/** HTTP-like status by AMQP error condition. Clients map the conditions to their own error codes. */
const statusCodes = {
  "amqp:not-found": 404, // unknown entity
  "amqp:not-allowed": 400, // the entity does not support the operation
  "amqp:not-implemented": 501,
  "amqp:unauthorized-access": 401,
  "amqp:decode-error": 400, // the bytes are not a message
  "amqp:internal-error": 500,
  "amqp:link:message-size-exceeded": 400,
  "com.microsoft:argument-error": 400,
  "com.microsoft:entity-already-exists": 409,
  "com.microsoft:message-lock-lost": 410,
  "com.microsoft:message-not-found": 404,
  "com.microsoft:session-cannot-be-locked": 410,
  "com.microsoft:session-lock-lost": 410,
  "com.microsoft:timeout": 408,
} as const;

export type AmqpErrorCondition = keyof typeof statusCodes;

/** Sent to the client as the error of a link or a disposition, or as the status of a management response. */
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

/** Errors of other types become internal errors. */
export const toServiceBusError = (error: unknown): ServiceBusError =>
  error instanceof ServiceBusError
    ? error
    : new ServiceBusError(
        "amqp:internal-error",
        "The broker failed. See its log for the reason.",
        { cause: error },
      );
