import { type CelInput, celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { AosError } from "../errors";
import { fromCel, toCel } from "./cel-json";
import type { Json } from "../payload";
import { type ExpressionReferences, findReferences } from "./find-references";

export type ExpressionBindings = Readonly<Record<string, Json>>;

export interface CompiledExpression {
  readonly references: ExpressionReferences;
  evaluate(bindings: ExpressionBindings): Json;
}

const environment = celEnv();
const parsed = new Map<string, CompiledExpression>();
/** Workflows have a handful of expressions each; the oldest give way. */
const keptExpressions = 1_000;

/** Throws `expression_failed` when the text is not CEL. */
export function compileExpression(text: string): CompiledExpression {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const expression = compile(text);
  const [oldest] = parsed.keys();
  if (parsed.size >= keptExpressions && oldest !== undefined)
    parsed.delete(oldest);
  parsed.set(text, expression);
  return expression;
}

export const evaluateCel = (text: string, bindings: ExpressionBindings): Json =>
  compileExpression(text).evaluate(bindings);

function compile(text: string): CompiledExpression {
  try {
    const ast = parse(text);
    const run = plan(environment, ast);
    return {
      references: findReferences(ast.expr),
      evaluate: (bindings) => {
        const result = run(celBindings(bindings));
        if (isCelError(result)) throw failed(text, result);
        try {
          return fromCel(result);
        } catch (cause) {
          throw failed(text, cause);
        }
      },
    };
  } catch (cause) {
    throw failed(text, cause);
  }
}

/** Without a prototype, so that an expression cannot name `toString`. */
function celBindings(bindings: ExpressionBindings): Record<string, CelInput> {
  const result = Object.create(null) as Record<string, CelInput>;
  for (const [name, value] of Object.entries(bindings))
    result[name] = toCel(value);
  return result;
}

function failed(text: string, cause: unknown): AosError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AosError(
    "expression_failed",
    `The expression "${text}" failed: ${reason}. Correct the expression, or the value it is about.`,
    { cause },
  );
}
