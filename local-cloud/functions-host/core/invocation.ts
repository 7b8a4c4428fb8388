import { randomUUID } from "node:crypto";
import type {
  CoreInvocationContext,
  CoreLogLevel,
  InvocationResponse,
  ProgrammingModel,
} from "./core-api";
import type { Invocation, ResumableInvocation, TypedData } from "./extension";
import { describeError } from "./host-error";
import type { RegisteredFunction, WorkerApp } from "./worker-app";

/** How an invocation went. `result` is what the function returned, `response` the same encoded. */
export type InvocationCompletion =
  | {
      readonly ok: true;
      readonly response: InvocationResponse;
      readonly result: unknown;
      readonly kept?: ResumableInvocation;
    }
  | { readonly ok: false; readonly message: string; readonly stack: string };

export interface InvocationOptions {
  readonly app: WorkerApp;
  readonly model: ProgrammingModel;
  readonly target: RegisteredFunction;
  readonly invocation: Omit<Invocation, "functionName">;
  /** Values of the function's input bindings, by binding name. */
  readonly inputs: Readonly<Record<string, TypedData>>;
  readonly invocationId?: string;
  readonly log: (
    level: CoreLogLevel,
    category: string,
    message: string,
  ) => void;
}

/** Runs one function of the app as the Functions worker does. What the app throws is data, never a rejection. */
export async function invokeFunction(
  options: InvocationOptions,
): Promise<InvocationCompletion> {
  try {
    return await run(options);
  } catch (error) {
    return failure(error);
  }
}

const failure = (error: unknown): InvocationCompletion => ({
  ok: false,
  message: describeError(error),
  stack: error instanceof Error ? (error.stack ?? "") : "",
});

/** What hooks may change after the function has run. */
interface InvocationResult {
  result: unknown;
  error: unknown;
}

async function run(options: InvocationOptions): Promise<InvocationCompletion> {
  const { app, model, target } = options;
  // Known only after the library has read the context, which it may log about.
  const logging: { invocationContext: unknown } = {
    invocationContext: undefined,
  };
  const core = coreContext(options, logging);
  const invocationModel = model.getInvocationModel(core);
  const { context, inputs } = await invocationModel.getArguments();
  logging.invocationContext = context;
  const hookData = {};

  core.state = "preInvocationHooks";
  const before = app.hooks.context(hookData, {
    invocationContext: context,
    functionCallback: target.callback,
    inputs,
  });
  await app.hooks.run("preInvocation", before);

  core.state = "invocation";
  const after: InvocationResult = app.hooks.context(hookData, {
    invocationContext: context,
    inputs: before.inputs,
    result: undefined,
    error: undefined,
  });
  try {
    after.result = await invocationModel.invokeFunction(
      context,
      before.inputs,
      before.functionCallback,
    );
  } catch (error) {
    after.error = error;
  }

  core.state = "postInvocationHooks";
  await app.hooks.run("postInvocation", after);
  core.state = undefined;
  if (after.error !== undefined && after.error !== null)
    return failure(after.error);
  const { result } = after;
  if (options.invocation.wantsObject)
    return { ok: true, response: {}, result, ...keptOf(app, core, context) };
  const response = await invocationModel.getResponse(context, result);
  return { ok: true, response, result };
}

/** Hooks of the app may want to see every invocation; then each is one of its own. */
function keptOf(
  { hooks }: WorkerApp,
  core: CoreInvocationContext,
  context: unknown,
): { readonly kept?: ResumableInvocation } {
  if (hooks.has("preInvocation") || hooks.has("postInvocation")) return {};
  const resume = <Result>(work: () => Result): Result => {
    // In any other state the library takes what is logged now for a call that nobody has waited for.
    core.state = "postInvocationHooks";
    try {
      return work();
    } finally {
      core.state = undefined;
    }
  };
  return { kept: { context, resume } };
}

function coreContext(
  {
    app,
    target: { metadata },
    invocation,
    inputs,
    log,
    invocationId = randomUUID(),
  }: InvocationOptions,
  logging: { readonly invocationContext: unknown },
): CoreInvocationContext {
  const { traceContext, retryContext } = invocation;
  return {
    invocationId,
    request: {
      invocationId,
      functionId: metadata.functionId ?? metadata.name,
      inputData: [
        { name: triggerName(metadata), data: invocation.trigger },
        ...Object.entries(inputs).map(([name, data]) => ({ name, data })),
      ],
      triggerMetadata: invocation.triggerMetadata ?? {},
      ...(traceContext && {
        traceContext: { traceState: "", attributes: {}, ...traceContext },
      }),
      ...(retryContext && { retryContext }),
    },
    metadata,
    state: undefined,
    log: (level, category, message) => {
      const { invocationContext } = logging;
      const line = { level, category, message, invocationContext };
      const logged = app.hooks.applyLogHooks(line);
      log(logged.level, category, logged.message);
    },
  };
}

function triggerName({ bindings }: RegisteredFunction["metadata"]): string {
  const found = Object.entries(bindings).find(([, { type }]) =>
    /trigger$/i.test(type),
  );
  return found?.[0] ?? "";
}
