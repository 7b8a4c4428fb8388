import type {
  Arithmetic,
  Comparison,
  FilterExpression,
  FilteredMessage,
  FilterValue,
} from "./expression";
import { matchesLikePattern } from "./like";

/** Three-valued logic: undefined is UNKNOWN, the result of operands that are NULL or not comparable. */
type Truth = boolean | undefined;

/** UNKNOWN does not match. */
export const matchesFilter = (
  expression: FilterExpression,
  message: FilteredMessage,
): boolean => evaluateTruth(expression, message) === true;

function evaluateTruth(
  expression: FilterExpression,
  message: FilteredMessage,
): Truth {
  switch (expression.kind) {
    case "not": {
      const inner = evaluateTruth(expression.operand, message);
      return inner === undefined ? undefined : !inner;
    }
    case "and":
    case "or": {
      const combine = expression.kind === "and" ? bothTrue : eitherTrue;
      const { left, right } = expression;
      return combine(
        evaluateTruth(left, message),
        evaluateTruth(right, message),
      );
    }
    case "literal":
    case "property":
    case "arithmetic": {
      const value = evaluateValue(expression, message);
      return typeof value === "boolean" ? value : undefined;
    }
    default:
      return evaluatePredicate(expression, message);
  }
}

function evaluatePredicate(
  expression: Extract<
    FilterExpression,
    { kind: "compare" | "like" | "in" | "is-null" | "exists" }
  >,
  message: FilteredMessage,
): Truth {
  switch (expression.kind) {
    case "compare":
      return compare(
        expression.operator,
        evaluateValue(expression.left, message),
        evaluateValue(expression.right, message),
      );
    case "like":
      return evaluateLike(
        evaluateValue(expression.operand, message),
        evaluateValue(expression.pattern, message),
        expression.escape,
      );
    case "in": {
      const value = evaluateValue(expression.operand, message);
      return expression.list
        .map((item) => compare("=", value, evaluateValue(item, message)))
        .reduce(eitherTrue, false);
    }
    case "is-null":
      return evaluateValue(expression.operand, message) === undefined;
    case "exists":
      return evaluateValue(expression.property, message) !== undefined;
  }
}

function evaluateValue(
  expression: FilterExpression,
  message: FilteredMessage,
): FilterValue {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "property":
      return expression.scope === "sys"
        ? message.system.get(expression.name)
        : message.user.get(expression.name);
    case "arithmetic":
      return calculate(
        expression.operator,
        evaluateValue(expression.left, message),
        evaluateValue(expression.right, message),
      );
    default:
      return evaluateTruth(expression, message);
  }
}

const bothTrue = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a && b;
const eitherTrue = (a: Truth, b: Truth): Truth =>
  a === true || b === true
    ? true
    : a === undefined || b === undefined
      ? undefined
      : false;

function compare(operator: Comparison, a: FilterValue, b: FilterValue): Truth {
  const order = compareValues(a, b);
  if (order === undefined) return undefined;
  switch (operator) {
    case "=":
      return order === 0;
    case "<>":
      return order !== 0;
    case "<":
      return order < 0;
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    case ">=":
      return order >= 0;
  }
}

/** Returns a negative number if `a` is less than `b`; undefined if the types differ or a value is NULL. */
function compareValues(a: FilterValue, b: FilterValue): number | undefined {
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  const [x, y] = [comparable(a), comparable(b)];
  if (x === undefined || y === undefined || typeof a !== typeof b)
    return undefined;
  return x === y ? 0 : x < y ? -1 : 1;
}

const comparable = (value: FilterValue): string | number | undefined =>
  typeof value === "string" || typeof value === "number"
    ? value
    : typeof value === "boolean" || value instanceof Date
      ? Number(value)
      : undefined;

function calculate(
  operator: Arithmetic,
  a: FilterValue,
  b: FilterValue,
): FilterValue {
  if (operator === "+" && typeof a === "string" && typeof b === "string")
    return a + b;
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  const result = arithmetic[operator](a, b);
  return Number.isFinite(result) ? result : undefined;
}

const arithmetic: Readonly<
  Record<Arithmetic, (a: number, b: number) => number>
> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

function evaluateLike(
  value: FilterValue,
  pattern: FilterValue,
  escape?: string,
): Truth {
  if (typeof value !== "string" || typeof pattern !== "string")
    return undefined;
  return matchesLikePattern(value, pattern, escape);
}
