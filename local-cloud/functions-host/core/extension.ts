/**
 * The one door between the Functions host and its extensions (durable task, timers, storage queues, Service Bus).
 * An extension owns some trigger types and bindings; the host loads the app, invokes functions and owns the port.
 */

/** A value on its way to or from a function, as the Functions worker protocol has it: exactly one of these is set. */
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

/** One binding of a function, as the app registered it (`type`, `direction` and the fields of its type). */
export interface FunctionBinding {
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A function of the loaded app, with its bindings by binding name. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, FunctionBinding>>;
  readonly retryOptions?: FunctionRetryOptions | undefined;
}

interface WholeSeconds {
  readonly seconds: number;
}

/** A function's `retry`, as the library passes it on. https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies */
export interface FunctionRetryOptions {
  readonly retryStrategy: string;
  /** -1: without end. */
  readonly maxRetryCount: number;
  readonly delayInterval?: WholeSeconds | undefined;
  readonly minimumInterval?: WholeSeconds | undefined;
  readonly maximumInterval?: WholeSeconds | undefined;
}

/** Which try of a function with a retry policy an invocation is; the first has the count 0 and no exception. */
export interface FunctionRetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: {
    readonly source: string;
    readonly message: string;
    readonly stackTrace: string;
  };
}

/** One call of a function of the app. */
export interface Invocation {
  readonly functionName: string;
  /** The value of the trigger binding; the host adds the function's input bindings. */
  readonly trigger: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceContext?: {
    readonly traceParent: string;
    readonly traceState?: string;
  };
  readonly retryContext?: FunctionRetryContext;
  /** The result is wanted as the object that the function returned, not encoded. */
  readonly wantsObject?: boolean;
  /** Aborted when the result is no longer wanted. The function itself cannot be interrupted. */
  readonly signal?: AbortSignal;
}

/** What a function returned, or the message and stack of what it threw. A thrown error is data, never a rejection. */
export type InvocationOutcome =
  | {
      readonly ok: true;
      readonly returnValue: TypedData | undefined;
      /** The object itself, when `wantsObject` was said. */
      readonly result?: unknown;
      /** When `wantsObject` was said, unless the app has hooks that are to see every invocation. */
      readonly kept?: ResumableInvocation;
    }
  | { readonly ok: false; readonly message: string; readonly stack: string };

/** An invocation that is over, but whose function can go on: a generator that waits for its next value. */
export interface ResumableInvocation {
  /** The library's context of the invocation. */
  readonly context: unknown;
  /** Runs `work` as part of the invocation: what the function logs meanwhile is logged as its own. */
  resume<Result>(work: () => Result): Result;
}

export interface WebhookRequest {
  readonly method: string;
  /** The path below `/runtime/webhooks/<extension>/`, URL-decoded, without leading or trailing slash. */
  readonly path: string;
  /** The whole URL as the caller wrote it. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

export interface WebhookResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error";

/** What the host gives an extension. */
export interface ExtensionHost {
  /** All enabled functions of the app. */
  readonly functions: readonly FunctionMetadata[];
  /** The value of an app setting; undefined when it is not set. */
  readonly setting: (name: string) => string | undefined;
  /** `extensions.<name>` of host.json, `%SETTING%` references resolved; an empty object when absent. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The folder that the extension may keep its files in; exists. */
  readonly dataFolder: string;
  /** Where callers reach the host, for example `http://localhost:7071`; no trailing slash. */
  readonly origin: string;
  /** `code=<system key>` when keys are enforced, an empty string otherwise. */
  readonly webhookQuery: string;
  invoke(invocation: Invocation): Promise<InvocationOutcome>;
  readonly log: (level: LogLevel, message: string) => void;
}

/**
 * Made once for each host, which takes it through `problems`, `start`, `listen`, `stopListening` and `stop`. It is started
 * when the app is loaded and its port is bound, and listens when the host serves. At the end all stop listening before any
 * is stopped, and they are stopped in the reverse order of their start, so that what runs until then finds all others.
 */
export interface Extension {
  /** Names its part of host.json and its webhooks, for example `durableTask` and `/runtime/webhooks/durabletask`. */
  readonly name: string;
  /** The types of triggers whose functions it runs. */
  readonly triggers: readonly string[];
  /** What is wrong with its part of host.json or with a binding that is its own, each in a clause without a full stop. */
  validate?(host: ExtensionHost): readonly string[];
  start(host: ExtensionHost): Promise<void>;
  /** Begins to trigger functions. Must not wait for what it connects to: that may be down and come later. */
  listen?(): void;
  /** Begins to run one of its functions as if it had been triggered with `input`; false when the function is not its own. */
  invokeManually?(functionName: string, input: string | undefined): boolean;
  /** The value of an input binding of a type that this extension owns, for example `durableClient`. */
  inputBinding?(binding: FunctionBinding): TypedData | undefined;
  /**
   * Writes the value of an output binding; undefined when the type is not its own. What it rejects with fails the
   * invocation.
   */
  outputBinding?(
    binding: FunctionBinding,
    value: TypedData,
  ): Promise<void> | undefined;
  webhook?(request: WebhookRequest): Promise<WebhookResponse>;
  /** Takes no more work and lets running invocations end (at most a few seconds). */
  stopListening?(): Promise<void>;
  /** Ends what is left (at most a few seconds) and closes files and connections. */
  stop(): Promise<void>;
}

/** The trigger of a function, whatever its type. */
export const findTrigger = ({
  bindings,
}: Pick<FunctionMetadata, "bindings">): FunctionBinding | undefined =>
  Object.values(bindings).find(({ type }) => /trigger$/i.test(type));
