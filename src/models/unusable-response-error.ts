import { AosError } from "../domain/errors";
import type { ModelResponse } from "./language-model";

/** The model refused to answer, or its answer was filtered or truncated. `response` carries the tokens that it used. */
export class UnusableResponseError extends AosError<"model_failed"> {
  readonly response: ModelResponse;

  constructor(message: string, response: ModelResponse) {
    super("model_failed", message);
    this.response = response;
  }
}
