import { AosError } from "../src/errors";
import type { EvaluateInput } from "../src/model/contracts";
import { isJsonArray } from "../src/model/json-array";
import type { Payload } from "../src/model/payload";
import { evaluated } from "../src/model/scope";
import { loadScope } from "./load-scope";
import type { Services } from "./services";

/** Evaluates what an orchestrator cannot, because what it names is kept outside of history. */
export const evaluateExpression =
  ({ storage }: Pick<Services, "storage">) =>
  async ({
    orchestrationId,
    stepId,
    expression,
    as,
    scope,
  }: EvaluateInput): Promise<readonly Payload[]> => {
    const { payloads } = storage();
    const value = evaluated(expression, await loadScope(scope, payloads));
    if (as === "value") return [await payloads.put(orchestrationId, value)];
    if (!isJsonArray(value))
      throw new AosError(
        "expression_failed",
        `The expression "${expression}" of step "${stepId}" must give a list.`,
      );
    return Promise.all(
      value.map((item) => payloads.put(orchestrationId, item)),
    );
  };
