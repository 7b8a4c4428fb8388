import type {
  Arithmetic,
  Comparison,
  Expression,
  FilteredMessage,
  Value,
} from "./expression";
import { isLike } from "./like";

/** Undefined is UNKNOWN: something that the answer depends on is NULL, or cannot be compared. */
type Truth = boolean | undefined;

/** Whether the message passes the filter. UNKNOWN does not pass. */
export const matches = (
  expression: Expression,
  message: FilteredMessage,
): boolean => truth(expression, message) === true;

function truth(expression: Expression, message: FilteredMessage): Truth {
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
    Expression,
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

function valueOf(expression: Expression, message: FilteredMessage): Value {
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

function compared(operator: Comparison, a: Value, b: Value): Truth {
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
function orderOf(a: Value, b: Value): number | undefined {
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  const [x, y] = [comparable(a), comparable(b)];
  if (x === undefined || y === undefined || typeof a !== typeof b)
    return undefined;
  return x === y ? 0 : x < y ? -1 : 1;
}

const comparable = (value: Value): string | number | undefined =>
  typeof value === "string" || typeof value === "number"
    ? value
    : typeof value === "boolean" || value instanceof Date
      ? Number(value)
      : undefined;

function calculated(operator: Arithmetic, a: Value, b: Value): Value {
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

function liked(value: Value, pattern: Value, escape?: string): Truth {
  if (typeof value !== "string" || typeof pattern !== "string")
    return undefined;
  return isLike(value, pattern, escape);
}
