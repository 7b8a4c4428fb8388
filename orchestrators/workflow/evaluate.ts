/** Evaluates expressions here if their scope is inline, otherwise in an activity that loads the payloads. */
import type { TaskResult } from "../../src/domain/answers/answer";
import {
  type EvaluateInput,
  evaluateExpressionActivity,
  type ExpressionScope,
} from "../../src/domain/contracts";
import { startActivity } from "../../src/domain/durable/calls";
import type { DurableOperation } from "../../src/domain/durable/context";
import {
  evaluateInScope,
  isScopeInline,
  requireList,
  scopeForExpression,
} from "../../src/domain/expression/evaluate-in-scope";
import {
  isPayloadRef,
  type Json,
  type Payload,
  payloadInlineLimitBytes,
} from "../../src/domain/payload";
import { defaultRetryPolicy } from "../../src/domain/retry/retry-policy";
import { parseTaskFailure } from "../../src/domain/task-failure";
import { callWithRetry } from "../step/call-with-retry";
import type { WorkflowRun } from "./workflow-run";

/** Evaluates a step's `when`. */
export function* evaluateCondition(
  run: WorkflowRun,
  stepId: string,
  expression: string,
  scope: ExpressionScope,
): DurableOperation<TaskResult<boolean>> {
  const result = yield* evaluate(run, stepId, expression, "when", scope);
  if (!result.ok) return result;
  const [payload] = result.value;
  if (payload !== undefined && !isPayloadRef(payload))
    if (typeof payload.value === "boolean")
      return { ok: true, value: payload.value };
  const message = `The condition "${expression}" of step "${stepId}" must return true or false.`;
  return { ok: false, failure: { code: "expression_failed", message } };
}

/** Returns one payload per item of the list. */
export const evaluateList = (
  run: WorkflowRun,
  stepId: string,
  expression: string,
  scope: ExpressionScope,
): DurableOperation<TaskResult<readonly Payload[]>> =>
  evaluate(run, stepId, expression, "over", scope);

/** Combines the outputs to one payload with the list of their values. */
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
  const result = yield* evaluateInActivity(run, stepId, expression, "outputs", {
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
  purpose: EvaluateInput["purpose"],
  scope: ExpressionScope,
): DurableOperation<TaskResult<readonly Payload[]>> {
  try {
    const usedScope = scopeForExpression(expression, scope);
    if (!isScopeInline(usedScope))
      return yield* evaluateInActivity(
        run,
        stepId,
        expression,
        purpose,
        usedScope,
      );
    const value = evaluateInScope(expression, usedScope);
    const values =
      purpose === "over" ? requireList(value, { expression, stepId }) : [value];
    return { ok: true, value: values.map((each) => ({ value: each })) };
  } catch (thrown) {
    return { ok: false, failure: parseTaskFailure(thrown) };
  }
}

const evaluateInActivity = (
  run: WorkflowRun,
  stepId: string,
  expression: string,
  purpose: EvaluateInput["purpose"],
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
          purpose,
          scope,
        }),
    },
  );
