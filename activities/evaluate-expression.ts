import { AosError } from "../src/domain/errors";
import type { EvaluateInput } from "../src/domain/contracts";
import { isJsonArray } from "../src/domain/json";
import type { Json, Payload } from "../src/domain/payload";
import { loadAndEvaluate } from "./load-scope";
import type { ActivityDependencies } from "./activity-dependencies";

/** Evaluates an expression over values that are too large for the orchestrator. */
export const evaluateExpression =
  ({ storage }: Pick<ActivityDependencies, "storage">) =>
  async (input: EvaluateInput): Promise<readonly Payload[]> => {
    const { payloads } = storage();
    const { expression, scope, orchestrationId } = input;
    const value = await loadAndEvaluate(expression, scope, payloads);
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
