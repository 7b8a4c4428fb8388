/** Expressions of a workflow: evaluated here when all they name is here, otherwise by an activity that loads it. */
import { failureOf } from "../../src/model/activity-failure";
import { evaluateExpression, type Scope } from "../../src/model/contracts";
import {
  type Settled,
  startActivity,
  type Steps,
} from "../../src/model/durable";
import { isJsonArray } from "../../src/model/json-array";
import {
  inlineLimitBytes,
  isRef,
  type Json,
  type Payload,
} from "../../src/model/payload";
import { defaultRetry } from "../../src/model/retry";
import { evaluated, isInline, scopeForExpression } from "../../src/model/scope";
import { attempted } from "../step/attempts";
import type { Run } from "./run";

const failed = (message: string) =>
  ({ ok: false, failure: { code: "expression_failed", message } }) as const;

/** Whether a `when` is true. */
export function* condition(
  run: Run,
  stepId: string,
  expression: string,
  scope: Scope,
): Steps<Settled<boolean>> {
  const result = yield* evaluate(run, stepId, expression, "value", scope);
  if (!result.ok) return result;
  const [payload] = result.value;
  if (payload !== undefined && !isRef(payload))
    if (typeof payload.value === "boolean")
      return { ok: true, value: payload.value };
  return failed(
    `The condition "${expression}" of step "${stepId}" must give true or false.`,
  );
}

/** The items of a list. */
export const list = (
  run: Run,
  stepId: string,
  expression: string,
  scope: Scope,
): Steps<Settled<readonly Payload[]>> =>
  evaluate(run, stepId, expression, "list", scope);

/** One payload that holds the list of the values of all. */
export function* gathered(
  run: Run,
  stepId: string,
  outputs: readonly Payload[],
): Steps<Settled<Payload>> {
  const values = outputs.map((each) => (isRef(each) ? undefined : each.value));
  if (isAllInline(values)) return { ok: true, value: { value: values } };
  const variables = outputs.map(
    (each, index) => [`item${index}`, each] as const,
  );
  const expression = `[${variables.map(([name]) => name).join(", ")}]`;
  const result = yield* evaluateElsewhere(run, stepId, expression, "value", {
    input: { value: null },
    steps: {},
    variables: Object.fromEntries(variables),
    orchestrationId: run.input.orchestrationId,
  });
  if (!result.ok) return result;
  return { ok: true, value: result.value[0] ?? { value: [] } };
}

const isAllInline = (
  values: readonly (Json | undefined)[],
): values is readonly Json[] =>
  values.every((value) => value !== undefined) &&
  Buffer.byteLength(JSON.stringify(values)) <= inlineLimitBytes;

function* evaluate(
  run: Run,
  stepId: string,
  expression: string,
  as: "value" | "list",
  scope: Scope,
): Steps<Settled<readonly Payload[]>> {
  try {
    const named = scopeForExpression(expression, scope);
    if (!isInline(named))
      return yield* evaluateElsewhere(run, stepId, expression, as, named);
    const value = evaluated(expression, named);
    if (as === "value") return { ok: true, value: [{ value }] };
    if (isJsonArray(value))
      return { ok: true, value: value.map((item) => ({ value: item })) };
    return failed(
      `The expression "${expression}" of step "${stepId}" must give a list.`,
    );
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  }
}

const evaluateElsewhere = (
  run: Run,
  stepId: string,
  expression: string,
  as: "value" | "list",
  scope: Scope,
): Steps<Settled<readonly Payload[]>> =>
  attempted(
    run.context,
    { retry: defaultRetry },
    {
      name: "evaluate",
      start: () =>
        startActivity(run.context, evaluateExpression, {
          orchestrationId: run.input.orchestrationId,
          stepId,
          expression,
          as,
          scope,
        }),
    },
  );
