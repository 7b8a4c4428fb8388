/** Errors about a request, whichever way it came. */
import { AosError, type ErrorCode } from "../../domain/errors";

/** What is wrong with one field of a request. Query parameters are found under `/query`. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** An error about a request that names every field at fault. */
export class RequestError<
  Code extends ErrorCode = ErrorCode,
> extends AosError<Code> {
  readonly errors: readonly FieldError[];

  constructor(code: Code, message: string, errors: readonly FieldError[]) {
    super(code, message);
    this.errors = errors;
  }
}

/** `invalid_request` with the errors in its message as well, for readers who look no further than `detail`. */
export const invalidRequest = (errors: readonly FieldError[]): RequestError =>
  new RequestError(
    "invalid_request",
    `The request is not valid: ${errors
      .slice(0, 5)
      .map(({ pointer, detail }) => `${pointer || "the body"} ${detail}`)
      .join("; ")}.`,
    errors,
  );
