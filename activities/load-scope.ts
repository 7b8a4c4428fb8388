import type { PayloadStore } from "../src/history/ports";
import type { Scope } from "../src/model/contracts";
import type { Json, Payload } from "../src/model/payload";
import {
  evaluated,
  rendered,
  scopeFor,
  scopeForExpression,
} from "../src/model/scope";

/** The template with its expressions evaluated, wherever the values that they name are kept. */
export const renderLoaded = async (
  template: Json,
  scope: Scope,
  payloads: PayloadStore,
): Promise<Json> =>
  rendered(template, await loaded(scopeFor(template, scope), payloads));

/** The value of one expression, wherever the values that it names are kept. */
export const evaluateLoaded = async (
  expression: string,
  scope: Scope,
  payloads: PayloadStore,
): Promise<Json> =>
  evaluated(
    expression,
    await loaded(scopeForExpression(expression, scope), payloads),
  );

/** The same scope with every payload inline. */
async function loaded(scope: Scope, payloads: PayloadStore): Promise<Scope> {
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
