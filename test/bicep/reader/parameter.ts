/** What a parameter admits. */
import { evaluate, type Scope } from "./evaluate";
import type { Parameter } from "./template";
import { isList, type Value } from "./value";

/** The value, if the parameter's type and decorators allow it; throws otherwise. */
export function admitted(
  file: string,
  parameter: Parameter,
  value: Value,
  scope: Scope,
): Value {
  const objection =
    typeObjection(parameter, value) ??
    choiceObjection(parameter, value, scope) ??
    sizeObjection(parameter, value, scope);
  if (objection === undefined) return value;
  throw new Error(
    `${file}: parameter ${parameter.name} ${objection}: ${JSON.stringify(value)}`,
  );
}

function typeObjection({ type }: Parameter, value: Value): string | undefined {
  const actual = isList(value) ? "array" : typeof value;
  const wanted = { int: "number", bool: "boolean" }[type] ?? type;
  return actual === wanted ? undefined : `is not of type ${type}`;
}

function choiceObjection(
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

function sizeObjection(
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
