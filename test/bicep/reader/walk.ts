import type { Expression } from "./expression";
import type { Template } from "./template";

/** The expression and all expressions in it. */
export function* subexpressions(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* subexpressions(part);
}

function partsOf(expression: Expression): readonly Expression[] {
  const found: Expression[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isExpression(value)) found.push(value);
    else if (typeof value === "object" && value !== null)
      Object.values(value).forEach(collect);
  };
  Object.values(expression).forEach(collect);
  return found;
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === "object" && value !== null && "kind" in value;

/** All expressions of a file, nested ones included. */
export function* allExpressions({
  parameters,
  variables,
  resources,
  modules,
  outputs,
}: Template): Generator<Expression> {
  for (const { fallback } of parameters.values())
    if (fallback !== undefined) yield* subexpressions(fallback);
  for (const value of variables.values()) yield* subexpressions(value);
  for (const { body } of resources.values()) yield* subexpressions(body);
  for (const { body } of modules.values()) yield* subexpressions(body);
  for (const { value } of outputs.values()) yield* subexpressions(value);
}

/** Names of all symbols that the file uses. */
export const namesUsed = (template: Template): ReadonlySet<string> =>
  new Set(
    [...allExpressions(template)].flatMap((found) =>
      found.kind === "name" ? [found.name] : [],
    ),
  );
