/**
 * Makes the text in the metadata of messages arrive unchanged. The Functions library passes each text through `JSON.parse`, so
 * that different ids arrive as one value: `1e3` and `1000`, `"a"` and `a`, `{"A":1}` and `{"a": 1}`.
 *
 * 1. Before the library reads an invocation, each text is encoded as a JSON string, which the library decodes to the text.
 * 2. Only invocations of the named functions change.
 */

/** The part of `@azure/functions-core` that is used; the package is provided by the Functions worker and has no types on npm. */
interface FunctionsCore {
  getProgrammingModel(): ProgrammingModel;
  setProgrammingModel(model: ProgrammingModel): void;
}
interface ProgrammingModel {
  getInvocationModel(invocation: CoreInvocation): unknown;
}
interface CoreInvocation {
  readonly metadata: { readonly name: string };
  readonly request: {
    readonly triggerMetadata?: Record<string, TypedData> | null;
  };
}
interface TypedData {
  readonly string?: string | null;
  readonly json?: string;
}

/** Call it after a function has been registered: the first registration sets the programming model of the library. */
export function keepMetadataText(functionNames: ReadonlySet<string>): void {
  const core = loadFunctionsCore();
  if (core === undefined) return;
  const model = core.getProgrammingModel();
  const getInvocationModel = (invocation: CoreInvocation): unknown => {
    if (functionNames.has(invocation.metadata.name))
      encodeText(invocation.request.triggerMetadata ?? {});
    return model.getInvocationModel(invocation);
  };
  // Inherits the other methods.
  core.setProgrammingModel(
    Object.create(model, {
      getInvocationModel: { value: getInvocationModel },
    }) as ProgrammingModel,
  );
}

/** Undefined outside a Functions worker, where no function is invoked. */
function loadFunctionsCore(): FunctionsCore | undefined {
  try {
    return require("@azure/functions-core") as FunctionsCore;
  } catch {
    return undefined;
  }
}

/** Changes the object in place, because the invocation of the worker has private fields and cannot be copied. */
function encodeText(triggerMetadata: Record<string, TypedData>): void {
  for (const [name, { string }] of Object.entries(triggerMetadata))
    if (typeof string === "string")
      triggerMetadata[name] = { json: JSON.stringify(string) };
}
