import type { ExpressionScope } from "../contracts";
import { AosError } from "../errors";
import {
  type ExpressionBindings,
  evaluateCel,
  compileExpression,
} from "./compile-expression";
import { isPayloadRef, type Json, type Payload } from "../payload";
import type { ExpressionReferences } from "./find-references";
import { templateReferences, renderTemplate } from "./template";

/** Only what the template names, so that what an activity is given stays small. */
export const scopeForTemplate = (
  template: Json,
  scope: ExpressionScope,
): ExpressionScope => narrowed(scope, templateReferences(template));

export const scopeForExpression = (
  expression: string,
  scope: ExpressionScope,
): ExpressionScope =>
  narrowed(scope, [compileExpression(expression).references]);

/** Whether nothing that the template names is kept outside of the scope, so that it can be rendered here. */
export const referencesOnlyInline = (
  template: Json,
  scope: ExpressionScope,
): boolean => isScopeInline(scopeForTemplate(template, scope));

/** The template with its expressions evaluated. What it names must be inline: see `referencesOnlyInline`. */
export const renderInScope = (template: Json, scope: ExpressionScope): Json =>
  renderTemplate(template, bindingsOf(scopeForTemplate(template, scope)));

/** The value of one expression. What it names must be inline. */
export const evaluateInScope = (
  expression: string,
  scope: ExpressionScope,
): Json =>
  evaluateCel(expression, bindingsOf(scopeForExpression(expression, scope)));

/** Every payload in the scope is inline. */
export const isScopeInline = (scope: ExpressionScope): boolean =>
  [
    scope.input,
    ...Object.values(scope.steps).map(({ output }) => output),
    ...Object.values(scope.variables),
  ].every((payload) => !isPayloadRef(payload));

function narrowed(
  scope: ExpressionScope,
  references: readonly ExpressionReferences[],
): ExpressionScope {
  const roots = new Set(references.flatMap((found) => [...found.roots]));
  const steps = new Set(references.flatMap((found) => [...found.steps]));
  const allSteps = references.some((found) => found.allSteps);
  return {
    input: roots.has("input") ? scope.input : { value: null },
    steps: pick(scope.steps, (id) => allSteps || steps.has(id)),
    variables: pick(scope.variables, (name) => roots.has(name)),
    orchestrationId: scope.orchestrationId,
  };
}

const pick = <Value>(
  from: Readonly<Record<string, Value>>,
  wanted: (key: string) => boolean,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => wanted(key)));

function bindingsOf(scope: ExpressionScope): ExpressionBindings {
  const steps = Object.entries(scope.steps).map(
    ([id, { status, output, error }]): [string, Json] => [
      id,
      {
        status,
        output: valueOf(output, `steps.${id}.output`),
        error:
          error === undefined
            ? null
            : { code: error.code, message: error.message },
      },
    ],
  );
  const variables = Object.entries(scope.variables).map(
    ([name, payload]): [string, Json] => [name, valueOf(payload, name)],
  );
  return {
    ...Object.fromEntries(variables),
    input: valueOf(scope.input, "input"),
    steps: Object.fromEntries(steps),
    orchestration: { id: scope.orchestrationId },
  };
}

function valueOf(payload: Payload, name: string): Json {
  if (!isPayloadRef(payload)) return payload.value;
  throw new AosError(
    "internal_error",
    `"${name}" is kept as ${payload.$ref} and must be loaded before an expression can name it.`,
  );
}
