import {
  type FunctionsCoreApi,
  type CoreFunctionMetadata,
  type CoreLog,
  CoreDisposable,
  type FunctionCallback,
  type ProgrammingModel,
} from "./core-api";
import { AppHooks } from "./hooks";

export interface RegisteredFunction {
  readonly metadata: CoreFunctionMetadata;
  readonly callback: FunctionCallback;
}

/** The functions and hooks that the app registers; functions can be registered until startup has completed. */
export class WorkerApp {
  readonly hooks = new AppHooks();
  readonly #functions = new Map<string, RegisteredFunction>();
  #model: ProgrammingModel | undefined;
  #isStarted = false;

  get model(): ProgrammingModel | undefined {
    return this.#model;
  }

  get functions(): readonly RegisteredFunction[] {
    return [...this.#functions.values()];
  }

  markStarted(): void {
    this.#isStarted = true;
  }

  /** The module that `require("@azure/functions-core")` returns, with the versions of the worker and host it emulates. */
  coreApi(log: CoreLog): FunctionsCoreApi {
    return {
      version: "3.9.1",
      hostVersion: "4.1037.0.0",
      Disposable: CoreDisposable,
      setProgrammingModel: (model) => {
        this.#model = model;
      },
      getProgrammingModel: () => this.#model,
      registerFunction: (metadata, callback) =>
        this.#register(metadata, callback),
      registerHook: (name, callback) =>
        this.hooks.register(name, callback as (context: unknown) => unknown),
      log: (level, category, message) => {
        const line = { level, category, message, invocationContext: undefined };
        const logged = this.hooks.applyLogHooks(line);
        log(logged.level, category, logged.message);
      },
    };
  }

  #register(
    metadata: CoreFunctionMetadata,
    callback: FunctionCallback,
  ): CoreDisposable {
    if (this.#isStarted)
      throw new Error("A function can only be registered during app startup.");
    const id = metadata.functionId ?? metadata.name;
    if (this.#functions.has(id))
      throw new Error(
        `A function with id "${id}" has already been registered.`,
      );
    this.#functions.set(id, { metadata, callback });
    return new CoreDisposable(() => {
      if (this.#isStarted)
        throw new Error("A function can only be disposed during app startup.");
      this.#functions.delete(id);
    });
  }
}
