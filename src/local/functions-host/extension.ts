/**
 * The one door between the Functions host and the extensions that live beside it (durable task, Service Bus).
 * An extension owns some trigger types and input bindings; the host loads the app, invokes functions and owns the port.
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
export interface Binding {
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A function of the loaded app, with its bindings by binding name. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
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
      readonly kept?: KeptInvocation;
    }
  | { readonly ok: false; readonly message: string; readonly stack: string };

/** An invocation that is over, but whose function can go on: a generator that waits for its next value. */
export interface KeptInvocation {
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
  /** `extensions.<name>` of host.json, `%SETTING%` references resolved; an empty object when absent. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The folder that the extension may keep its files in; exists. */
  readonly dataFolder: string;
  /** Where callers reach the host, for example `http://localhost:7071`; no trailing slash. */
  readonly origin: string;
  /** `code=<system key>` when keys are enforced, an empty string otherwise. */
  readonly webhookQuery: string;
  invoke(invocation: Invocation): Promise<InvocationOutcome>;
  log(level: LogLevel, message: string): void;
}

/** Made once for each host. The host calls `start` after the app is loaded and its port is bound, before it serves. */
export interface Extension {
  /** Names its part of host.json and its webhooks, for example `durableTask` and `/runtime/webhooks/durabletask`. */
  readonly name: string;
  start(host: ExtensionHost): Promise<void>;
  /** The value of an input binding of a type that this extension owns, for example `durableClient`. */
  inputBinding?(binding: Binding): TypedData | undefined;
  webhook?(request: WebhookRequest): Promise<WebhookResponse>;
  /** Stops taking work, lets running invocations end (at most a few seconds) and closes its files. */
  stop(): Promise<void>;
}
