import { AosError } from "../errors";
import type { ModelResponse } from "./model";

/** An answer that is of no use, because it was refused, filtered or cut off. It has cost what it has cost. */
export class UnusableAnswer extends AosError<"model_failed"> {
  readonly answer: ModelResponse;

  constructor(problem: string, answer: ModelResponse) {
    super("model_failed", problem);
    this.answer = answer;
  }
}
