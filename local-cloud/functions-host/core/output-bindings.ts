import type { InvocationResponse } from "./core-api";
import type {
  FunctionBinding,
  Extension,
  FunctionMetadata,
  TypedData,
} from "./extension";
import { describeError } from "./host-error";

/** The output bindings of a function that it has given a value, with it. HTTP responses are not among them. */
export function collectOutputBindings(
  { bindings }: FunctionMetadata,
  { outputData = [], returnValue }: InvocationResponse,
): readonly (readonly [FunctionBinding, TypedData])[] {
  const values = new Map(outputData.map(({ name, data }) => [name, data]));
  return Object.entries(bindings).flatMap(([name, binding]) => {
    if (binding.direction !== "out" || binding.type.toLowerCase() === "http")
      return [];
    const value = name === "$return" ? returnValue : values.get(name);
    return value === undefined || value === null
      ? []
      : [[{ ...binding, name }, value] as const];
  });
}

/** Writes what a function has put out; gives a sentence about what could not be written. */
export async function writeOutputs(
  metadata: FunctionMetadata,
  response: InvocationResponse,
  extensions: readonly Extension[],
  warn: (message: string) => void,
): Promise<string | undefined> {
  const problems = await Promise.all(
    collectOutputBindings(metadata, response).map(async ([binding, value]) => {
      const written = extensions
        .map((extension) => extension.outputBinding?.(binding, value))
        .find((found) => found !== undefined);
      if (written === undefined)
        warn(
          `The output binding ${binding.name} was not written: the embedded host does not support ${binding.type}.`,
        );
      try {
        await written;
        return [];
      } catch (error) {
        return [
          `The output binding ${binding.name} of function ${metadata.name} could not be written: ${describeError(error)}`,
        ];
      }
    }),
  );
  const all = problems.flat();
  return all.length > 0 ? all.join("\n") : undefined;
}
