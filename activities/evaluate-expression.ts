import type { EvaluateInput } from "../src/domain/contracts";
import { requireList } from "../src/domain/expression/evaluate-in-scope";
import type { Payload } from "../src/domain/payload";
import type { ActivityDependencies } from "./activity-dependencies";
import { loadAndEvaluate } from "../src/storage/load-scope";

/** Evaluates an expression whose scope contains payload references. */
export const evaluateExpression =
  ({ storage }: Pick<ActivityDependencies, "storage">) =>
  async (input: EvaluateInput): Promise<readonly Payload[]> => {
    const { payloads } = storage();
    const { expression, scope, orchestrationId } = input;
    const value = await loadAndEvaluate(expression, scope, payloads);
    const values =
      input.purpose === "over" ? requireList(value, input) : [value];
    return Promise.all(
      values.map((each) => payloads.put(orchestrationId, each)),
    );
  };
