import { errorMessage } from "../../shared/error-message";
import type { InvocationResponse } from "./core-api";
import type {
  FunctionBinding,
  Extension,
  FunctionMetadata,
  TypedData,
} from "./extension";

/** Returns each output binding for which the function returned a value, with that value. Omits the HTTP response. */
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

/** Writes the output bindings of a function. Returns the error messages, or undefined when all writes succeeded. */
export async function writeOutputs(
  metadata: FunctionMetadata,
  response: InvocationResponse,
  extensions: readonly Extension[],
  warn: (message: string) => void,
): Promise<string | undefined> {
  const problems = await Promise.all(
    collectOutputBindings(metadata, response).map(async ([binding, value]) => {
      const write = extensions
        .map((extension) => extension.outputBinding?.(binding, value))
        .find((started) => started !== undefined);
      if (write === undefined)
        warn(
          `The output binding ${binding.name} was not written: the embedded host does not support ${binding.type}.`,
        );
      try {
        await write;
        return [];
      } catch (error) {
        return [
          `The output binding ${binding.name} of function ${metadata.name} could not be written: ${errorMessage(error)}`,
        ];
      }
    }),
  );
  return problems.flat().join("\n") || undefined;
}
