/** Evaluates expressions. */
import type { Expression } from "./expression";
import {
  asText,
  Handle,
  isList,
  isProperties,
  unknown,
  type Value,
} from "./value";
import type { BicepFunction } from "./functions";

export interface Scope {
  name(name: string): Value;
  call(name: string): BicepFunction;
}

/** The value of a body whose condition is false. */
export const omitted = unknown("omitted");

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;
type Evaluators = {
  readonly [Kind in Expression["kind"]]: (
    expression: Of<Kind>,
    scope: Scope,
  ) => Value;
};

export function evaluate(expression: Expression, scope: Scope): Value {
  const evaluator = evaluators[expression.kind] as (
    expression: Expression,
    scope: Scope,
  ) => Value;
  return evaluator(expression, scope);
}

const evaluators: Evaluators = {
  literal: ({ value }) => value,
  text: ({ parts }, scope) =>
    parts.map((part) => asText(evaluate(part, scope))).join(""),
  name: ({ name }, scope) => scope.name(name),
  object: ({ entries }, scope) =>
    Object.fromEntries(
      entries.map(({ key, value }) => [
        asText(evaluate(key, scope)),
        evaluate(value, scope),
      ]),
    ),
  array: ({ items }, scope) => items.map((item) => evaluate(item, scope)),
  member: ({ target, name, safe }, scope) =>
    memberOf(evaluate(target, scope), name, safe),
  index: ({ target, index }, scope) =>
    itemOf(evaluate(target, scope), evaluate(index, scope)),
  call: ({ name, args }, scope) =>
    scope.call(name)(...args.map((arg) => evaluate(arg, scope))),
  choice: ({ condition, then, otherwise }, scope) =>
    evaluate(isTrue(condition, scope) ? then : otherwise, scope),
  binary: binary,
  unary: ({ operator, operand }, scope) =>
    operator === "!"
      ? !isTrue(operand, scope)
      : -Number(evaluate(operand, scope)),
  loop: ({ item, index, over, body }, scope) => {
    const items = evaluate(over, scope);
    if (!isList(items)) throw new Error("a loop needs a list");
    return items.map((value, position) =>
      evaluate(
        body,
        withNames(scope, {
          [item]: value,
          ...(index !== undefined && { [index]: position }),
        }),
      ),
    );
  },
  if: ({ condition, body }, scope) =>
    isTrue(condition, scope) ? evaluate(body, scope) : omitted,
};

const withNames = (
  scope: Scope,
  names: Readonly<Record<string, Value>>,
): Scope => ({
  name: (name) => names[name] ?? scope.name(name),
  call: (name) => scope.call(name),
});

function isTrue(expression: Expression, scope: Scope): boolean {
  const value = evaluate(expression, scope);
  if (typeof value !== "boolean")
    throw new Error(`${JSON.stringify(value)} is neither true nor false`);
  return value;
}

function memberOf(value: Value, name: string, safe: boolean): Value {
  if (value instanceof Handle) return value.member(name);
  if (typeof value === "string" && value.startsWith("«"))
    return unknown(`${value.slice(1, -1)}.${name}`);
  const member = isProperties(value) ? value[name] : undefined;
  if (member !== undefined) return member;
  if (safe) return null;
  throw new Error(`there is no ${name} in ${JSON.stringify(value)}`);
}

function itemOf(value: Value, index: Value): Value {
  if (typeof index === "string") return memberOf(value, index, false);
  const item = isList(value) ? value[Number(index)] : undefined;
  if (item === undefined)
    throw new Error(
      `there is no item ${asText(index)} in ${JSON.stringify(value)}`,
    );
  return item;
}

function binary({ operator, left, right }: Of<"binary">, scope: Scope): Value {
  if (operator === "&&") return isTrue(left, scope) && isTrue(right, scope);
  if (operator === "||") return isTrue(left, scope) || isTrue(right, scope);
  const a = evaluate(left, scope);
  if (operator === "??") return a ?? evaluate(right, scope);
  const compute = operators[operator];
  if (compute === undefined) throw new Error(`unknown operator ${operator}`);
  return compute(a, evaluate(right, scope));
}

const operators: Readonly<
  Record<string, ((a: Value, b: Value) => Value) | undefined>
> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => Number(a) > Number(b),
  "<": (a, b) => Number(a) < Number(b),
  ">=": (a, b) => Number(a) >= Number(b),
  "<=": (a, b) => Number(a) <= Number(b),
  "+": (a, b) => Number(a) + Number(b),
  "-": (a, b) => Number(a) - Number(b),
  "*": (a, b) => Number(a) * Number(b),
};
