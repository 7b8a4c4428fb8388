import { evaluate, type Scope } from "./evaluate";
import type { Parameter } from "./template";
import { isList, type Value } from "./value";

/** Returns the value if the type and the decorators of the parameter allow it, and throws otherwise. */
export function checkArgument(
  file: string,
  parameter: Parameter,
  value: Value,
  scope: Scope,
): Value {
  const problem =
    typeProblem(parameter, value) ??
    choiceProblem(parameter, value, scope) ??
    sizeProblem(parameter, value, scope);
  if (problem === undefined) return value;
  throw new Error(
    `${file}: parameter ${parameter.name} ${problem}: ${JSON.stringify(value)}`,
  );
}

function typeProblem({ type }: Parameter, value: Value): string | undefined {
  const actual = isList(value) ? "array" : typeof value;
  const expected = { int: "number", bool: "boolean" }[type] ?? type;
  return actual === expected ? undefined : `is not of type ${type}`;
}

function choiceProblem(
  { decorators }: Parameter,
  value: Value,
  scope: Scope,
): string | undefined {
  const [allowed] = decorators.get("allowed") ?? [];
  const values = allowed && evaluate(allowed, scope);
  return isList(values) && !values.includes(value)
    ? "is not allowed"
    : undefined;
}

function sizeProblem(
  { decorators }: Parameter,
  value: Value,
  scope: Scope,
): string | undefined {
  const size = typeof value === "string" ? value.length : Number(value);
  for (const [decorator, [limit]] of decorators) {
    const bound = limit === undefined ? 0 : Number(evaluate(limit, scope));
    if (/^min(Value|Length)$/.test(decorator) && size < bound)
      return "is too small";
    if (/^max(Value|Length)$/.test(decorator) && size > bound)
      return "is too large";
  }
  return undefined;
}
