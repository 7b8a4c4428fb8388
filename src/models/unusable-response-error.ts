import { AosError } from "../domain/errors";
import type { ModelResponse } from "./language-model";

/** An answer that is of no use, because it was refused, filtered or cut off. It has cost what it has cost. */
export class UnusableResponseError extends AosError<"model_failed"> {
  readonly response: ModelResponse;

  constructor(problem: string, answer: ModelResponse) {
    super("model_failed", problem);
    this.response = answer;
  }
}
