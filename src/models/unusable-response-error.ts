import { AosError } from "../domain/errors";
import type { ModelResponse } from "./language-model";

/** The model's response was refused, filtered or truncated. Its tokens count all the same. */
export class UnusableResponseError extends AosError<"model_failed"> {
  readonly response: ModelResponse;

  constructor(message: string, response: ModelResponse) {
    super("model_failed", message);
    this.response = response;
  }
}
