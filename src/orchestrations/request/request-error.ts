/** Errors of requests, by HTTP and by Service Bus. */
import { AosError, type ErrorCode } from "../../domain/errors";

/** An invalid field. The pointers of query parameters start with `/query`. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export class RequestError<
  Code extends ErrorCode = ErrorCode,
> extends AosError<Code> {
  readonly errors: readonly FieldError[];

  constructor(code: Code, message: string, errors: readonly FieldError[]) {
    super(code, message);
    this.errors = errors;
  }
}

/** `invalid_request`. The message repeats the first field errors, for clients that show only the message. */
export const invalidRequest = (errors: readonly FieldError[]): RequestError =>
  new RequestError(
    "invalid_request",
    `The request is not valid: ${errors
      .slice(0, 5)
      .map(({ pointer, detail }) => `${pointer || "the body"} ${detail}`)
      .join("; ")}.`,
    errors,
  );
