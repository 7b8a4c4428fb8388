import type { EvaluateInput } from "../src/domain/contracts";
import { AosError } from "../src/domain/errors";
import { isJsonArray } from "../src/domain/json";
import type { Json, Payload } from "../src/domain/payload";
import type { ActivityDependencies } from "./activity-dependencies";
import { loadAndEvaluate } from "./load-scope";

/** Evaluates an expression whose scope contains payload references. */
export const evaluateExpression =
  ({ storage }: Pick<ActivityDependencies, "storage">) =>
  async (input: EvaluateInput): Promise<readonly Payload[]> => {
    const { payloads } = storage();
    const { expression, scope, orchestrationId } = input;
    const value = await loadAndEvaluate(expression, scope, payloads);
    const values = input.as === "list" ? requireList(value, input) : [value];
    return Promise.all(
      values.map((each) => payloads.put(orchestrationId, each)),
    );
  };

function requireList(
  value: Json,
  { expression, stepId }: EvaluateInput,
): readonly Json[] {
  if (isJsonArray(value)) return value;
  throw new AosError(
    "expression_failed",
    `The expression "${expression}" of step "${stepId}" must return a list, but returned ${value === null ? "null" : `a value of type ${typeof value}`}. Correct the expression or its input.`,
  );
}
