import { randomUUID } from "node:crypto";
import { TimeoutError, withTimeout } from "../../shared/timeout/with-timeout";
import type { CoreLog, ProgrammingModel } from "./core-api";
import type {
  Extension,
  FunctionMetadata,
  Invocation,
  InvocationOutcome,
  ResumableInvocation,
  TypedData,
} from "./extension";
import { type InvocationCompletion, invokeFunction } from "./invocation";
import { writeOutputs } from "./output-bindings";
import type { RegisteredFunction, WorkerApp } from "./worker-app";
import type { WorkerState } from "./worker-state";

export interface FunctionRunnerOptions {
  readonly app: WorkerApp;
  readonly model: ProgrammingModel;
  readonly extensions: readonly Extension[];
  /** `functionTimeout` of host.json; undefined: unlimited. */
  readonly timeoutMs: number | undefined;
  readonly worker: WorkerState;
  readonly log: CoreLog;
}

/** Runs the enabled functions of an app by name, with the values of their input bindings. */
export class FunctionRunner {
  readonly functions: readonly FunctionMetadata[];
  readonly #options: FunctionRunnerOptions;
  readonly #targets: ReadonlyMap<string, RegisteredFunction>;

  constructor(options: FunctionRunnerOptions) {
    this.#options = options;
    const enabled = options.app.functions.filter(
      ({ metadata }) => !isDisabled(metadata.name),
    );
    this.#targets = new Map(
      enabled.map((target) => [target.metadata.name, target]),
    );
    this.functions = enabled.map(({ metadata }) => addBindingNames(metadata));
  }

  /** Runs a function for an extension. */
  async invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const completion = await this.run(invocation, randomUUID());
    if (!completion.ok) return completion;
    const { response, result } = completion;
    const resumable = this.#checkWorker(completion.resumable);
    return {
      ok: true,
      returnValue: response.returnValue ?? undefined,
      ...(invocation.wantsObject && { result }),
      ...(resumable && { resumable }),
    };
  }

  async run(
    invocation: Invocation,
    invocationId: string,
  ): Promise<InvocationCompletion> {
    const { functionName } = invocation;
    const target = this.#targets.get(functionName);
    if (target === undefined)
      return {
        ok: false,
        message: `There is no function '${functionName}' in this app.`,
        stack: "",
      };
    const completion = await this.#options.worker.invoke(
      () =>
        this.#limitDuration(
          functionName,
          this.#invokeAndWriteOutputs(target, invocation, invocationId),
        ),
      hasTrigger(target.metadata, /^orchestrationTrigger$/i),
    );
    if (!completion.ok) this.#logFailure(target.metadata, completion);
    return completion;
  }

  #checkWorker(
    resumable: ResumableInvocation | undefined,
  ): ResumableInvocation | undefined {
    return (
      resumable && {
        ...resumable,
        resume: (work) => {
          this.#options.worker.assertRunning();
          return resumable.resume(work);
        },
      }
    );
  }

  /** An invocation succeeds only after its outputs are written: then the trigger may delete the message behind it. */
  async #invokeAndWriteOutputs(
    target: RegisteredFunction,
    invocation: Invocation,
    invocationId: string,
  ): Promise<InvocationCompletion> {
    const { app, model, extensions, log } = this.#options;
    const { name } = target.metadata;
    const completion = await invokeFunction({
      app,
      model,
      target,
      invocation,
      invocationId,
      inputs: this.#inputs(target.metadata),
      log: (level, category, message) => {
        log(level, logCategory(name, category), message);
      },
    });
    if (!completion.ok) return completion;
    const problem = await writeOutputs(
      target.metadata,
      completion.response,
      extensions,
      (message) => {
        log("warning", `Function.${name}`, message);
      },
    );
    return problem === undefined
      ? completion
      : { ok: false, message: problem, stack: "" };
  }

  /** A function cannot be stopped: after its time limit it fails, but continues to run. */
  async #limitDuration(
    name: string,
    work: Promise<InvocationCompletion>,
  ): Promise<InvocationCompletion> {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined) return work;
    try {
      return await withTimeout(work, timeoutMs);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      const message = `Timeout value of ${timeoutMs / 1000} s was exceeded by function: ${name}`;
      return { ok: false, message, stack: "" };
    }
  }

  #inputs({ bindings }: FunctionMetadata): Record<string, TypedData> {
    const values = Object.entries(bindings).flatMap(([name, binding]) => {
      if (binding.direction !== "in" || /trigger$/i.test(binding.type))
        return [];
      const value = this.#options.extensions
        .map((extension) => extension.inputBinding?.(binding))
        .find((found) => found !== undefined);
      return value === undefined ? [] : [[name, value] as const];
    });
    return Object.fromEntries(values);
  }

  /**
   * Orchestrators and entities are logged at debug level: the client library throws to pass the state of a failed
   * orchestrator, and the task hub reports the failure.
   */
  #logFailure(
    metadata: FunctionMetadata,
    { message, stack }: { readonly message: string; readonly stack: string },
  ): void {
    const isDurable = hasTrigger(
      metadata,
      /^(?:orchestration|entity)Trigger$/i,
    );
    const level = isDurable ? "debug" : "error";
    this.#options.log(level, `Function.${metadata.name}`, stack || message);
  }
}

const hasTrigger = (
  { bindings }: Pick<FunctionMetadata, "bindings">,
  types: RegExp,
): boolean => Object.values(bindings).some(({ type }) => types.test(type));

const logCategory = (name: string, category: string): string =>
  category === "user" ? `Function.${name}.User` : `Function.${name}`;

/** https://learn.microsoft.com/azure/azure-functions/disable-function */
const isDisabled = (name: string): boolean =>
  [`AzureWebJobs.${name}.Disabled`, `AzureWebJobs_${name}_Disabled`].some(
    (setting) => /^(?:1|true)$/i.test(process.env[setting] ?? ""),
  );

const addBindingNames = (metadata: FunctionMetadata): FunctionMetadata => ({
  ...metadata,
  bindings: Object.fromEntries(
    Object.entries(metadata.bindings).map(([name, binding]) => [
      name,
      { ...binding, name },
    ]),
  ),
});
