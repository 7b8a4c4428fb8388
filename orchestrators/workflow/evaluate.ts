/** Expressions of a workflow: evaluated here when all they name is here, otherwise by an activity that loads it. */
import { parseTaskFailure } from "../../src/domain/task-failure";
import {
  evaluateExpressionActivity,
  type ExpressionScope,
} from "../../src/domain/contracts";
import {
  type TaskResult,
  startActivity,
  type DurableOperation,
} from "../../src/domain/durable";
import { isJsonArray } from "../../src/domain/json";
import {
  payloadInlineLimitBytes,
  isPayloadRef,
  type Json,
  type Payload,
} from "../../src/domain/payload";
import { defaultRetryPolicy } from "../../src/domain/retry/retry-policy";
import {
  evaluateInScope,
  isScopeInline,
  scopeForExpression,
} from "../../src/domain/expression/evaluate-in-scope";
import { callWithRetry } from "../step/call-with-retry";
import type { WorkflowRun } from "./workflow-run";

const failed = (message: string) =>
  ({ ok: false, failure: { code: "expression_failed", message } }) as const;

/** Whether a `when` is true. */
export function* evaluateCondition(
  run: WorkflowRun,
  stepId: string,
  expression: string,
  scope: ExpressionScope,
): DurableOperation<TaskResult<boolean>> {
  const result = yield* evaluate(run, stepId, expression, "value", scope);
  if (!result.ok) return result;
  const [payload] = result.value;
  if (payload !== undefined && !isPayloadRef(payload))
    if (typeof payload.value === "boolean")
      return { ok: true, value: payload.value };
  return failed(
    `The condition "${expression}" of step "${stepId}" must give true or false.`,
  );
}

/** The items of a list. */
export const evaluateList = (
  run: WorkflowRun,
  stepId: string,
  expression: string,
  scope: ExpressionScope,
): DurableOperation<TaskResult<readonly Payload[]>> =>
  evaluate(run, stepId, expression, "list", scope);

/** One payload that holds the list of the values of all. */
export function* collectOutputs(
  run: WorkflowRun,
  stepId: string,
  outputs: readonly Payload[],
): DurableOperation<TaskResult<Payload>> {
  const values = outputs.map((each) =>
    isPayloadRef(each) ? undefined : each.value,
  );
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
  Buffer.byteLength(JSON.stringify(values)) <= payloadInlineLimitBytes;

function* evaluate(
  run: WorkflowRun,
  stepId: string,
  expression: string,
  as: "value" | "list",
  scope: ExpressionScope,
): DurableOperation<TaskResult<readonly Payload[]>> {
  try {
    const named = scopeForExpression(expression, scope);
    if (!isScopeInline(named))
      return yield* evaluateElsewhere(run, stepId, expression, as, named);
    const value = evaluateInScope(expression, named);
    if (as === "value") return { ok: true, value: [{ value }] };
    if (isJsonArray(value))
      return { ok: true, value: value.map((item) => ({ value: item })) };
    return failed(
      `The expression "${expression}" of step "${stepId}" must give a list.`,
    );
  } catch (thrown) {
    return { ok: false, failure: parseTaskFailure(thrown) };
  }
}

const evaluateElsewhere = (
  run: WorkflowRun,
  stepId: string,
  expression: string,
  as: "value" | "list",
  scope: ExpressionScope,
): DurableOperation<TaskResult<readonly Payload[]>> =>
  callWithRetry(
    run.context,
    { retry: defaultRetryPolicy },
    {
      name: "evaluate",
      start: () =>
        startActivity(run.context, evaluateExpressionActivity, {
          orchestrationId: run.input.orchestrationId,
          stepId,
          expression,
          as,
          scope,
        }),
    },
  );
