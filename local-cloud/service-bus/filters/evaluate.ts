import type {
  Arithmetic,
  Comparison,
  FilterExpression,
  FilteredMessage,
  FilterValue,
} from "./expression";
import { matchesLikePattern } from "./like";

/** Undefined is UNKNOWN: something that the answer depends on is NULL, or cannot be compared. */
type Truth = boolean | undefined;

/** Whether the message passes the filter. UNKNOWN does not pass. */
export const matchesFilter = (
  expression: FilterExpression,
  message: FilteredMessage,
): boolean => truth(expression, message) === true;

function truth(expression: FilterExpression, message: FilteredMessage): Truth {
  switch (expression.kind) {
    case "not": {
      const inner = truth(expression.operand, message);
      return inner === undefined ? undefined : !inner;
    }
    case "and":
    case "or": {
      const combine = expression.kind === "and" ? bothTrue : eitherTrue;
      const { left, right } = expression;
      return combine(truth(left, message), truth(right, message));
    }
    case "literal":
    case "property":
    case "arithmetic": {
      const value = valueOf(expression, message);
      return typeof value === "boolean" ? value : undefined;
    }
    default:
      return predicate(expression, message);
  }
}

function predicate(
  expression: Extract<
    FilterExpression,
    { kind: "compare" | "like" | "in" | "is-null" | "exists" }
  >,
  message: FilteredMessage,
): Truth {
  switch (expression.kind) {
    case "compare":
      return compared(
        expression.operator,
        valueOf(expression.left, message),
        valueOf(expression.right, message),
      );
    case "like":
      return liked(
        valueOf(expression.operand, message),
        valueOf(expression.pattern, message),
        expression.escape,
      );
    case "in": {
      const value = valueOf(expression.operand, message);
      return expression.list
        .map((item) => compared("=", value, valueOf(item, message)))
        .reduce(eitherTrue, false);
    }
    case "is-null":
      return valueOf(expression.operand, message) === undefined;
    case "exists":
      return valueOf(expression.property, message) !== undefined;
  }
}

function valueOf(
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
      return calculated(
        expression.operator,
        valueOf(expression.left, message),
        valueOf(expression.right, message),
      );
    default:
      return truth(expression, message);
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

function compared(operator: Comparison, a: FilterValue, b: FilterValue): Truth {
  const order = orderOf(a, b);
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

/** Negative: `a` comes first. Undefined: they are of different kinds, or one is NULL. */
function orderOf(a: FilterValue, b: FilterValue): number | undefined {
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

function calculated(
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

function liked(
  value: FilterValue,
  pattern: FilterValue,
  escape?: string,
): Truth {
  if (typeof value !== "string" || typeof pattern !== "string")
    return undefined;
  return matchesLikePattern(value, pattern, escape);
}
