import { randomUUID } from "node:crypto";
import type { CoreLogLevel, ProgrammingModel } from "./core-api";
import type {
  Extension,
  FunctionMetadata,
  Invocation,
  InvocationOutcome,
  TypedData,
} from "./extension";
import { type InvocationCompletion, invokeFunction } from "./invocation";
import { writeOutputs } from "./output-bindings";
import type { RegisteredFunction, WorkerApp } from "./worker-app";

export interface FunctionRunnerOptions {
  readonly app: WorkerApp;
  readonly model: ProgrammingModel;
  readonly extensions: readonly Extension[];
  /** `functionTimeout` of host.json; undefined means without limit. */
  readonly timeoutMs: number | undefined;
  readonly log: (
    level: CoreLogLevel,
    category: string,
    message: string,
  ) => void;
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
    this.functions = enabled.map(({ metadata }) => withNames(metadata));
  }

  /** For extensions: what came of it as data. */
  async invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const end = await this.run(invocation, randomUUID());
    return end.ok
      ? {
          ok: true,
          returnValue: end.response.returnValue ?? undefined,
          ...(invocation.wantsObject && { result: end.result }),
          ...(end.kept && { kept: end.kept }),
        }
      : end;
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
    const end = await this.#inTime(
      functionName,
      this.#invokeAndWrite(target, invocation, invocationId),
    );
    this.#report(target.metadata, end);
    return end;
  }

  /** An invocation has succeeded when its outputs are written: who triggered it must not forget its cause before. */
  async #invokeAndWrite(
    target: RegisteredFunction,
    invocation: Invocation,
    invocationId: string,
  ): Promise<InvocationCompletion> {
    const { app, model, extensions, log } = this.#options;
    const { name } = target.metadata;
    const end = await invokeFunction({
      app,
      model,
      target,
      invocation,
      invocationId,
      inputs: this.#inputs(target.metadata),
      log: (level, category, message) => {
        log(level, categoryOf(name, category), message);
      },
    });
    if (!end.ok) return end;
    const problem = await writeOutputs(
      target.metadata,
      end.response,
      extensions,
      (message) => {
        log("warning", `Function.${name}`, message);
      },
    );
    return problem === undefined
      ? end
      : { ok: false, message: problem, stack: "" };
  }

  /** A function cannot be stopped; after its time it is only no longer waited for. */
  async #inTime(
    name: string,
    work: Promise<InvocationCompletion>,
  ): Promise<InvocationCompletion> {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined) return work;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<InvocationCompletion>((resolve) => {
      timer = setTimeout(() => {
        const message = `Timeout value of ${timeoutMs / 1000} s was exceeded by function: ${name}`;
        resolve({ ok: false, message, stack: "" });
      }, timeoutMs);
    });
    const end = await Promise.race([work, late]);
    clearTimeout(timer);
    return end;
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
   * Failures of orchestrators and entities are the task hub's to tell: they are how the client library hands over
   * the state of an orchestrator that threw.
   */
  #report(
    { name, bindings }: FunctionMetadata,
    end: InvocationCompletion,
  ): void {
    const isDurable = Object.values(bindings).some(({ type }) =>
      /^(?:orchestration|entity)Trigger$/i.test(type),
    );
    if (end.ok) return;
    const level = isDurable ? "debug" : "error";
    this.#options.log(level, `Function.${name}`, end.stack || end.message);
  }
}

const categoryOf = (name: string, category: string): string =>
  category === "user" ? `Function.${name}.User` : `Function.${name}`;

/** Setting `AzureWebJobs.<name>.Disabled` switches a function off. */
const isDisabled = (name: string): boolean =>
  [`AzureWebJobs.${name}.Disabled`, `AzureWebJobs_${name}_Disabled`].some(
    (setting) => /^(?:1|true)$/i.test(process.env[setting] ?? ""),
  );

const withNames = (metadata: FunctionMetadata): FunctionMetadata => ({
  ...metadata,
  bindings: Object.fromEntries(
    Object.entries(metadata.bindings).map(([name, binding]) => [
      name,
      { ...binding, name },
    ]),
  ),
});
