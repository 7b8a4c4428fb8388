import type { PayloadStore } from "../src/storage/ports";
import type { ExpressionScope } from "../src/domain/contracts";
import type { Json, Payload } from "../src/domain/payload";
import {
  evaluateInScope,
  renderInScope,
  scopeForTemplate,
  scopeForExpression,
} from "../src/domain/expression/evaluate-in-scope";

/** The template with its expressions evaluated, wherever the values that they name are kept. */
export const loadAndRender = async (
  template: Json,
  scope: ExpressionScope,
  payloads: PayloadStore,
): Promise<Json> =>
  renderInScope(
    template,
    await loaded(scopeForTemplate(template, scope), payloads),
  );

/** The value of one expression, wherever the values that it names are kept. */
export const loadAndEvaluate = async (
  expression: string,
  scope: ExpressionScope,
  payloads: PayloadStore,
): Promise<Json> =>
  evaluateInScope(
    expression,
    await loaded(scopeForExpression(expression, scope), payloads),
  );

/** The same scope with every payload inline. */
async function loaded(
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
  from: Readonly<Record<string, From>>,
  change: (value: From) => Promise<To>,
): Promise<Readonly<Record<string, To>>> {
  const entries = Object.entries(from).map(
    async ([key, value]) => [key, await change(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
