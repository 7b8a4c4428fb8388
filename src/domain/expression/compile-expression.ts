import { type CelInput, celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { AosError, toErrorMessage } from "../errors";
import type { Json } from "../payload";
import { fromCel, toCel } from "./cel-json";
import { type ExpressionReferences, findReferences } from "./find-references";

export type ExpressionBindings = Readonly<Record<string, Json>>;

interface CompiledExpression {
  readonly references: ExpressionReferences;
  evaluate(bindings: ExpressionBindings): Json;
}

const environment = celEnv();
/** Oldest first. */
const cache = new Map<string, CompiledExpression>();
const maxCached = 1_000;

/** Throws `expression_failed` if the text is not valid CEL. */
export function compileExpression(text: string): CompiledExpression {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const expression = compile(text);
  const [oldest] = cache.keys();
  if (cache.size >= maxCached && oldest !== undefined) cache.delete(oldest);
  cache.set(text, expression);
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
        const result = run(toCelBindings(bindings));
        if (isCelError(result)) throw expressionFailed(text, result);
        try {
          return fromCel(result);
        } catch (cause) {
          throw expressionFailed(text, cause);
        }
      },
    };
  } catch (cause) {
    throw expressionFailed(text, cause);
  }
}

/** Without a prototype, so that an expression cannot use `toString`. */
function toCelBindings(bindings: ExpressionBindings): Record<string, CelInput> {
  const result = Object.create(null) as Record<string, CelInput>;
  for (const [name, value] of Object.entries(bindings))
    result[name] = toCel(value);
  return result;
}

const expressionFailed = (text: string, cause: unknown): AosError =>
  new AosError(
    "expression_failed",
    `The expression "${text}" failed: ${toErrorMessage(cause)}. Correct the expression or its input.`,
    { cause },
  );
