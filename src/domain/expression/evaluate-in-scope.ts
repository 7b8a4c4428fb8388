import type { EvaluateInput, ExpressionScope } from "../contracts";
import { AosError } from "../errors";
import { isJsonArray } from "../json";
import { isPayloadRef, type Json, type Payload } from "../payload";
import {
  compileExpression,
  evaluateCel,
  type ExpressionBindings,
} from "./compile-expression";
import type { ExpressionReferences } from "./find-references";
import { renderTemplate, templateReferences } from "./template";

/** Reduces the scope to the values that the template uses, to keep activity inputs small. */
export const scopeForTemplate = (
  template: Json,
  scope: ExpressionScope,
): ExpressionScope => reduceScope(scope, templateReferences(template));

export const scopeForExpression = (
  expression: string,
  scope: ExpressionScope,
): ExpressionScope =>
  reduceScope(scope, [compileExpression(expression).references]);

/** Throws `internal_error` if the template uses a payload that is not inline. */
export const renderInScope = (template: Json, scope: ExpressionScope): Json =>
  renderTemplate(template, toBindings(scopeForTemplate(template, scope)));

/** Throws `internal_error` if the expression uses a payload that is not inline. */
export const evaluateInScope = (
  expression: string,
  scope: ExpressionScope,
): Json =>
  evaluateCel(expression, toBindings(scopeForExpression(expression, scope)));

/** Throws `expression_failed` if the value of a step's expression is not a list. */
export function requireList(
  value: Json,
  { expression, stepId }: Pick<EvaluateInput, "expression" | "stepId">,
): readonly Json[] {
  if (isJsonArray(value)) return value;
  throw new AosError(
    "expression_failed",
    `The expression "${expression}" of step "${stepId}" must return a list, but returned ${value === null ? "null" : `a value of type ${typeof value}`}. Correct the expression or its input.`,
  );
}

/** Returns true if no payload in the scope has to be loaded from a blob. */
export const isScopeInline = (scope: ExpressionScope): boolean =>
  [
    scope.input,
    ...Object.values(scope.steps).map(({ output }) => output),
    ...Object.values(scope.variables),
  ].every((payload) => !isPayloadRef(payload));

function reduceScope(
  scope: ExpressionScope,
  references: readonly ExpressionReferences[],
): ExpressionScope {
  const roots = new Set(references.flatMap((each) => [...each.roots]));
  const steps = new Set(references.flatMap((each) => [...each.steps]));
  const allSteps = references.some((each) => each.allSteps);
  return {
    input: roots.has("input") ? scope.input : { value: null },
    steps: filterKeys(scope.steps, (id) => allSteps || steps.has(id)),
    variables: filterKeys(scope.variables, (name) => roots.has(name)),
    orchestrationId: scope.orchestrationId,
  };
}

const filterKeys = <Value>(
  record: Readonly<Record<string, Value>>,
  isIncluded: (key: string) => boolean,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => isIncluded(key)));

function toBindings(scope: ExpressionScope): ExpressionBindings {
  const steps = Object.entries(scope.steps).map(
    ([id, { status, output, error }]): [string, Json] => [
      id,
      {
        status,
        output: inlineValue(output, `steps.${id}.output`),
        error:
          error === undefined
            ? null
            : { code: error.code, message: error.message },
      },
    ],
  );
  const variables = Object.entries(scope.variables).map(
    ([name, payload]): [string, Json] => [name, inlineValue(payload, name)],
  );
  return {
    ...Object.fromEntries(variables),
    input: inlineValue(scope.input, "input"),
    steps: Object.fromEntries(steps),
    orchestration: { id: scope.orchestrationId },
  };
}

function inlineValue(payload: Payload, name: string): Json {
  if (!isPayloadRef(payload)) return payload.value;
  throw new AosError(
    "internal_error",
    `"${name}" is stored in the blob ${payload.$ref} and must be loaded before an expression can use it.`,
  );
}
