/**
 * The interface between the Functions host and its extensions (Durable Task, timers, storage queues, Service Bus).
 * An extension implements trigger types and bindings; the host loads the app, invokes functions and owns the port.
 */

/** An input or output of a function in the format of the Functions worker protocol: exactly one field is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: unknown;
  readonly collectionString?: { readonly string: readonly string[] };
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
}

/** A binding as the app registered it: `type`, `direction` and the fields of its type. */
export interface FunctionBinding {
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  /** By binding name. */
  readonly bindings: Readonly<Record<string, FunctionBinding>>;
  readonly retryOptions?: FunctionRetryOptions | undefined;
}

export interface TriggeredFunction {
  readonly metadata: FunctionMetadata;
  readonly trigger: FunctionBinding;
}

interface WholeSeconds {
  readonly seconds: number;
}

/** The retry policy of a function. https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies */
export interface FunctionRetryOptions {
  readonly retryStrategy: string;
  /** -1: unlimited. */
  readonly maxRetryCount: number;
  readonly delayInterval?: WholeSeconds | undefined;
  readonly minimumInterval?: WholeSeconds | undefined;
  readonly maximumInterval?: WholeSeconds | undefined;
}

/** Describes the attempt of a function with a retry policy; the first attempt has count 0 and no exception. */
export interface FunctionRetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: {
    readonly source: string;
    readonly message: string;
    readonly stackTrace: string;
  };
}

export interface Invocation {
  readonly functionName: string;
  /** Value of the trigger binding; the host adds the values of the input bindings. */
  readonly trigger: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceContext?: {
    readonly traceParent: string;
    readonly traceState?: string;
  };
  readonly retryContext?: FunctionRetryContext;
  /** Returns the result as the object that the function returned, without encoding it. */
  readonly wantsObject?: boolean;
  /** Called with the library's context before the function runs. */
  readonly prepareContext?: (context: object) => void;
  /** Aborted when the caller no longer needs the result. The function itself cannot be interrupted. */
  readonly signal?: AbortSignal;
}

/** The result or the error of a function. An error thrown by the app is a value here, never a rejection. */
export type InvocationOutcome =
  | {
      readonly ok: true;
      readonly returnValue: TypedData | undefined;
      /** With `wantsObject`: the object that the function returned. */
      readonly result?: unknown;
      /** With `wantsObject`, unless the app has invocation hooks, which must run for each invocation. */
      readonly resumable?: ResumableInvocation;
    }
  | { readonly ok: false; readonly message: string; readonly stack: string };

/** A completed invocation whose function can continue: a generator that is suspended at a `yield`. */
export interface ResumableInvocation {
  /** The library's context of the invocation. */
  readonly context: unknown;
  /** Runs `work` as part of the invocation, so that log calls of the function are attributed to it. */
  resume<Result>(work: () => Result): Result;
}

export interface WebhookRequest {
  readonly method: string;
  /** The path below `/runtime/webhooks/<extension>/`, URL-decoded, without leading or trailing slash. */
  readonly path: string;
  /** The URL as the client sent it. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
}

export interface WebhookResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error";

/** The services of the host that an extension uses. */
export interface ExtensionHost {
  /** The enabled functions of the app. */
  readonly functions: readonly FunctionMetadata[];
  /** The value of an app setting; undefined when it is not set. */
  readonly setting: (name: string) => string | undefined;
  /** `extensions.<name>` of host.json with `%SETTING%` references resolved; empty when absent. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** An existing folder for the files of the extension. */
  readonly dataFolder: string;
  /** Base URL of the host without trailing slash, for example `http://localhost:7071`. */
  readonly origin: string;
  /** `code=<system key>` when keys are enforced, an empty string otherwise. */
  readonly webhookQuery: string;
  invoke(invocation: Invocation): Promise<InvocationOutcome>;
  readonly log: (level: LogLevel, message: string) => void;
}

/**
 * The host calls `validate`, `start`, `listen`, `stopListening` and `stop` in this order. `start` runs after the app is
 * loaded and the port is bound, `listen` after the host serves requests. All extensions stop listening before the first
 * is stopped; they are stopped in the reverse order of their start, so that running functions can still use all others.
 */
export interface Extension {
  /** Key in `extensions` of host.json and, in lower case, path of its webhooks below `/runtime/webhooks/`. */
  readonly name: string;
  /** The trigger types whose functions it runs. */
  readonly triggers: readonly string[];
  /** Problems in its settings of host.json and in its bindings, each a clause without a full stop. */
  validate?(host: ExtensionHost): readonly string[];
  start(host: ExtensionHost): Promise<void>;
  /** Starts to trigger functions. Must not wait for a connection: the service may become available later. */
  listen?(): void;
  /** Starts one of its functions with `input` as trigger value; false when no trigger of this extension has the name. */
  invokeManually?(functionName: string, input: string | undefined): boolean;
  /** The value of an input binding; undefined when this extension does not implement the type. */
  inputBinding?(binding: FunctionBinding): TypedData | undefined;
  /**
   * Writes the value of an output binding; undefined when this extension does not implement the type. A rejection fails
   * the invocation.
   */
  outputBinding?(
    binding: FunctionBinding,
    value: TypedData,
  ): Promise<void> | undefined;
  webhook?(request: WebhookRequest): Promise<WebhookResponse>;
  /** Starts no more functions: the app has ended its process, and running functions fail after this call. */
  workerExited?(): void;
  /** Accepts no more work and waits for running invocations, for at most a few seconds. */
  stopListening?(): Promise<void>;
  /** Closes files and connections, within a few seconds. */
  stop(): Promise<void>;
}

const isTrigger = ({ type }: FunctionBinding): boolean =>
  /trigger$/i.test(type);

export const findTrigger = ({
  bindings,
}: Pick<FunctionMetadata, "bindings">): FunctionBinding | undefined =>
  Object.values(bindings).find(isTrigger);

export const findTriggerName = ({
  bindings,
}: Pick<FunctionMetadata, "bindings">): string | undefined =>
  Object.entries(bindings).find(([, binding]) => isTrigger(binding))?.[0];

/** The functions of the app whose trigger has this type. */
export const findFunctionsByTrigger = (
  { functions }: Pick<ExtensionHost, "functions">,
  type: string,
): readonly TriggeredFunction[] =>
  functions.flatMap((metadata) => {
    const trigger = findTrigger(metadata);
    return trigger?.type.toLowerCase() === type.toLowerCase()
      ? [{ metadata, trigger }]
      : [];
  });

/** Finds a function by its name, which the admin endpoint accepts in any case. */
export const findFunctionByName = (
  functions: readonly TriggeredFunction[],
  name: string,
): TriggeredFunction | undefined =>
  functions.find(
    ({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase(),
  );
