import { errorMessage } from "../../shared/error-message";
import type {
  CoreInvocationContext,
  CoreLog,
  InvocationResponse,
  ProgrammingModel,
} from "./core-api";
import {
  findTriggerName,
  type Invocation,
  type ResumableInvocation,
  type TypedData,
} from "./extension";
import type { RegisteredFunction, WorkerApp } from "./worker-app";

/** `result` is the value that the function returned, `response` its encoding. */
export type InvocationCompletion =
  | {
      readonly ok: true;
      readonly response: InvocationResponse;
      readonly result: unknown;
      readonly resumable?: ResumableInvocation;
    }
  | { readonly ok: false; readonly message: string; readonly stack: string };

export interface InvocationOptions {
  readonly app: WorkerApp;
  readonly model: ProgrammingModel;
  readonly target: RegisteredFunction;
  readonly invocation: Omit<Invocation, "functionName">;
  /** Values of the input bindings, by binding name. */
  readonly inputs: Readonly<Record<string, TypedData>>;
  readonly invocationId: string;
  readonly log: CoreLog;
}

/** Runs one function of the app as the Functions worker does. Errors of the app are values, never rejections. */
export async function invokeFunction(
  options: InvocationOptions,
): Promise<InvocationCompletion> {
  try {
    return await run(options);
  } catch (error) {
    return toFailure(error);
  }
}

const toFailure = (error: unknown): InvocationCompletion => ({
  ok: false,
  message: isPlainObject(error) ? JSON.stringify(error) : errorMessage(error),
  stack: error instanceof Error ? (error.stack ?? "") : "",
});

const isPlainObject = (error: unknown): boolean =>
  typeof error === "object" && error !== null && !(error instanceof Error);

/** The fields that postInvocation hooks may change. */
interface MutableResult {
  result: unknown;
  error: unknown;
}

async function run(options: InvocationOptions): Promise<InvocationCompletion> {
  const { app, model, target } = options;
  // The library may log while it builds its context, before `invocationContext` is known.
  const logging: { invocationContext: unknown } = {
    invocationContext: undefined,
  };
  const core = createCoreContext(options, logging);
  const invocationModel = model.getInvocationModel(core);
  const { context, inputs } = await invocationModel.getArguments();
  logging.invocationContext = context;
  const hookData = {};

  core.state = "preInvocationHooks";
  const before = app.hooks.createContext(hookData, {
    invocationContext: context,
    functionCallback: target.callback,
    inputs,
  });
  await app.hooks.run("preInvocation", before);

  options.invocation.prepareContext?.(context as object);
  core.state = "invocation";
  const after: MutableResult = app.hooks.createContext(hookData, {
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
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
    return toFailure(after.error);
  const { result } = after;
  if (options.invocation.wantsObject) {
    const resumable = createResumable(app, core, context);
    return { ok: true, response: {}, result, ...(resumable && { resumable }) };
  }
  const response = await invocationModel.getResponse(context, result);
  return { ok: true, response, result };
}

/** Undefined when the app has invocation hooks: these must run for each invocation, so none may be resumed. */
function createResumable(
  { hooks }: WorkerApp,
  core: CoreInvocationContext,
  context: unknown,
): ResumableInvocation | undefined {
  if (hooks.has("preInvocation") || hooks.has("postInvocation"))
    return undefined;
  return {
    context,
    resume: (work) => {
      // In any other state the library warns that the function logs after it has completed.
      core.state = "postInvocationHooks";
      try {
        return work();
      } finally {
        core.state = undefined;
      }
    },
  };
}

function createCoreContext(
  {
    app,
    target: { metadata },
    invocation,
    inputs,
    log,
    invocationId,
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
        { name: findTriggerName(metadata) ?? "", data: invocation.trigger },
        ...Object.entries(inputs).map(([name, data]) => ({ name, data })),
      ],
      triggerMetadata: invocation.triggerMetadata ?? {},
      traceContext: {
        traceParent: "",
        traceState: "",
        attributes: {},
        ...traceContext,
      },
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
