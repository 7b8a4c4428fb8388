import type { ExpressionScope } from "../domain/contracts";
import {
  evaluateInScope,
  renderInScope,
  scopeForExpression,
  scopeForTemplate,
} from "../domain/expression/evaluate-in-scope";
import type { Json, Payload } from "../domain/payload";
import type { PayloadStore } from "./ports";

/** Renders the template after loading the payloads that it uses. */
export const loadAndRender = async (
  template: Json,
  scope: ExpressionScope,
  payloads: PayloadStore,
): Promise<Json> =>
  renderInScope(
    template,
    await loadScope(scopeForTemplate(template, scope), payloads),
  );

/** Evaluates the expression after loading the payloads that it uses. */
export const loadAndEvaluate = async (
  expression: string,
  scope: ExpressionScope,
  payloads: PayloadStore,
): Promise<Json> =>
  evaluateInScope(
    expression,
    await loadScope(scopeForExpression(expression, scope), payloads),
  );

/** Replaces every payload reference by the inline value. */
async function loadScope(
  scope: ExpressionScope,
  payloads: PayloadStore,
): Promise<ExpressionScope> {
  const load = async (payload: Payload): Promise<Payload> => ({
    value: await payloads.get(payload),
  });
  const [input, steps, variables] = await Promise.all([
    load(scope.input),
    mapValues(scope.steps, async (step) => ({
      ...step,
      output: await load(step.output),
    })),
    mapValues(scope.variables, load),
  ]);
  return { ...scope, input, steps, variables };
}

async function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  convert: (value: From) => Promise<To>,
): Promise<Readonly<Record<string, To>>> {
  const entries = Object.entries(record).map(
    async ([key, value]) => [key, await convert(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
