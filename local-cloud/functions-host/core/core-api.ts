/** The interface of the module `@azure/functions-core`, through which `@azure/functions` calls a Functions host. */
import type {
  FunctionBinding,
  FunctionMetadata,
  LogLevel,
  FunctionRetryContext,
  TypedData,
} from "./extension";

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: {
    readonly invocationId: string;
    readonly functionId: string;
    readonly inputData: readonly {
      readonly name: string;
      readonly data: TypedData;
    }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    readonly traceContext: {
      readonly traceParent: string;
      readonly traceState: string;
      readonly attributes: Readonly<Record<string, string>>;
    };
    readonly retryContext?: FunctionRetryContext;
  };
  readonly metadata: CoreFunctionMetadata;
  state:
    "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  log: CoreLog;
}
export type CoreLogLevel = LogLevel | "critical" | "none";
export type CoreLog = (
  level: CoreLogLevel,
  category: string,
  message: string,
) => void;

export interface InvocationResponse {
  readonly outputData?: readonly {
    readonly name: string;
    readonly data: TypedData;
  }[];
  readonly returnValue?: TypedData | null;
}

export type FunctionCallback = (...inputs: unknown[]) => unknown;

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): {
    getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
    invokeFunction(
      context: unknown,
      inputs: unknown[],
      callback: FunctionCallback,
    ): Promise<unknown>;
    getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
  };
  getCapabilities?(
    defaults: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>>;
}

export interface CoreFunctionMetadata extends FunctionMetadata {
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, FunctionBinding>>;
}

/** Removes a registration. Functions can be removed only during startup. */
export class CoreDisposable {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  dispose(): void {
    this.#callback();
  }
}

export interface FunctionsCoreApi {
  readonly version: string;
  readonly hostVersion: string;
  readonly Disposable: typeof CoreDisposable;
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel | undefined;
  registerFunction(
    metadata: CoreFunctionMetadata,
    callback: FunctionCallback,
  ): CoreDisposable;
  registerHook(
    name: string,
    callback: (context: never) => unknown,
  ): CoreDisposable;
  log: CoreLog;
}
