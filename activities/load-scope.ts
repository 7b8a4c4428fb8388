import type { PayloadStore } from "../src/history/ports";
import type { Scope, ScopeStep } from "../src/model/contracts";
import type { Payload } from "../src/model/payload";

/** The scope with everything in it that is kept elsewhere loaded, so that expressions can be evaluated. */
export async function loadScope(
  scope: Scope,
  payloads: PayloadStore,
): Promise<Scope> {
  const load = async (payload: Payload): Promise<Payload> => ({
    value: await payloads.get(payload),
  });
  const loadStep = async (step: ScopeStep): Promise<ScopeStep> => ({
    ...step,
    output: await load(step.output),
  });
  return {
    ...scope,
    input: await load(scope.input),
    steps: await mapped(scope.steps, loadStep),
    variables: await mapped(scope.variables, load),
  };
}

async function mapped<Value>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Promise<Value>,
): Promise<Record<string, Value>> {
  const entries = Object.entries(values).map(
    async ([name, value]) => [name, await change(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
