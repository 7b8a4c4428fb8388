import type { Expression } from "./expression";
import type { Template } from "./template";

/** An expression and all that it is made of. */
export function* within(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* within(part);
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

/** Every expression of a file, with all that it is made of. */
export function* allExpressions({
  parameters,
  variables,
  resources,
  modules,
  outputs,
}: Template): Generator<Expression> {
  for (const { fallback } of parameters.values())
    if (fallback !== undefined) yield* within(fallback);
  for (const value of variables.values()) yield* within(value);
  for (const { body } of resources.values()) yield* within(body);
  for (const { body } of modules.values()) yield* within(body);
  for (const { value } of outputs.values()) yield* within(value);
}

/** Names that are used, whatever they stand for. */
export const namesUsed = (template: Template): ReadonlySet<string> =>
  new Set(
    [...allExpressions(template)].flatMap((found) =>
      found.kind === "name" ? [found.name] : [],
    ),
  );
