import type { parse } from "@bufbuild/cel";

type Expr = ReturnType<typeof parse>["expr"];

/** The names of the scope that an expression uses. */
export interface ExpressionReferences {
  /** Root identifiers, except the loop variables of comprehensions. */
  readonly roots: ReadonlySet<string>;
  /** Ids of `steps.<id>` and `steps["<id>"]`. */
  readonly steps: ReadonlySet<string>;
  /** True if the expression may use any step, because it computes the id, as in `steps[input.which]`. */
  readonly allSteps: boolean;
}

interface Found {
  readonly roots: Set<string>;
  readonly steps: Set<string>;
  allSteps: boolean;
}
type Bound = ReadonlySet<string>;

export function findReferences(expression: Expr): ExpressionReferences {
  const found: Found = { roots: new Set(), steps: new Set(), allSteps: false };
  visit(expression, new Set(), found);
  return found;
}

function visit(expression: Expr | undefined, bound: Bound, found: Found): void {
  if (expression === undefined) return;
  const step = referencedStep(expression, bound);
  if (step !== undefined) {
    found.roots.add("steps");
    found.steps.add(step);
    return;
  }
  const kind = expression.exprKind;
  if (kind.case === "identExpr") visitName(kind.value.name, bound, found);
  else if (kind.case === "comprehensionExpr")
    visitComprehension(kind.value, bound, found);
  else for (const child of childrenOf(expression)) visit(child, bound, found);
}

function visitName(name: string, bound: Bound, found: Found): void {
  // A leading dot selects the outermost variable of that name.
  const root = name.replace(/^\./, "");
  if (bound.has(root)) return;
  found.roots.add(root);
  if (root === "steps") found.allSteps = true;
}

type Comprehension = Extract<
  Expr["exprKind"],
  { case: "comprehensionExpr" }
>["value"];

/** Comprehensions such as `list.filter(x, …)` bind `x` in every part except the list. */
function visitComprehension(
  loop: Comprehension,
  bound: Bound,
  found: Found,
): void {
  visit(loop.iterRange, bound, found);
  visit(loop.accuInit, bound, found);
  const inner = new Set([...bound, loop.iterVar, loop.iterVar2, loop.accuVar]);
  visit(loop.loopCondition, inner, found);
  visit(loop.loopStep, inner, found);
  visit(loop.result, inner, found);
}

function childrenOf({ exprKind: kind }: Expr): readonly (Expr | undefined)[] {
  switch (kind.case) {
    case "selectExpr":
      return [kind.value.operand];
    case "callExpr":
      return [kind.value.target, ...kind.value.args];
    case "listExpr":
      return kind.value.elements;
    case "structExpr":
      return kind.value.entries.flatMap(({ keyKind, value }) => [
        keyKind.case === "mapKey" ? keyKind.value : undefined,
        value,
      ]);
    default:
      return [];
  }
}

/** The id in `steps.<id>` or `steps["<id>"]`. */
function referencedStep(
  { exprKind: kind }: Expr,
  bound: Bound,
): string | undefined {
  if (bound.has("steps")) return undefined;
  if (kind.case === "selectExpr" && isSteps(kind.value.operand))
    return kind.value.field;
  if (kind.case !== "callExpr" || kind.value.function !== "_[_]")
    return undefined;
  const [operand, index] = kind.value.args;
  return isSteps(operand) ? literalText(index) : undefined;
}

const isSteps = (expression: Expr | undefined): boolean =>
  expression?.exprKind.case === "identExpr" &&
  expression.exprKind.value.name === "steps";

function literalText(expression: Expr | undefined): string | undefined {
  if (expression?.exprKind.case !== "constExpr") return undefined;
  const constant = expression.exprKind.value.constantKind;
  return constant.case === "stringValue" ? constant.value : undefined;
}
