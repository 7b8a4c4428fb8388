import { AosError } from "../src/errors";
import type { EvaluateInput } from "../src/model/contracts";
import { isJsonArray } from "../src/model/json-array";
import type { Json, Payload } from "../src/model/payload";
import { evaluateLoaded } from "./load-scope";
import type { Services } from "./services";

/** Evaluates an expression over values that are too large for the orchestrator. */
export const evaluateExpression =
  ({ storage }: Pick<Services, "storage">) =>
  async (input: EvaluateInput): Promise<readonly Payload[]> => {
    const { payloads } = storage();
    const { expression, scope, orchestrationId } = input;
    const value = await evaluateLoaded(expression, scope, payloads);
    const values = input.as === "list" ? itemsOf(value, input) : [value];
    return Promise.all(
      values.map((each) => payloads.put(orchestrationId, each)),
    );
  };

function itemsOf(
  value: Json,
  { expression, stepId }: EvaluateInput,
): readonly Json[] {
  if (isJsonArray(value)) return value;
  throw new AosError(
    "expression_failed",
    `"${expression}" of step "${stepId}" must give a list, and gave ${value === null ? "null" : `a value of type ${typeof value}`}. Correct the expression, or the value it is about.`,
  );
}
