/** Handles each HTTP request of the host: HTTP functions, webhooks of extensions, admin requests and the home page. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Extension, Invocation } from "../core/extension";
import type { InvocationCompletion } from "../core/invocation";
import {
  authorizesFunction,
  authorizesWebhook,
  type HostKeys,
} from "../core/keys";
import { decodeWebhookPath } from "../core/webhook-path";
import { matchAdminInvoke, parseAdminInput } from "./admin-invoke";
import type { RouteMatch } from "./functions-router";
import {
  readHttpRequest,
  type ReceivedRequest,
  toHttpInvocation,
  toHttpTriggerData,
} from "./received-request";
import { fromRpcHttp, type HttpFunctionResponse } from "./rpc-response";
import { invokeStreaming } from "./streaming-invoke";

export interface RequestHandlerDependencies {
  readonly origin: string;
  readonly homePage: string;
  /** Headers of every response. */
  readonly customHeaders: Readonly<Record<string, string>>;
  /** Undefined when requests need no key. */
  readonly keys: HostKeys | undefined;
  readonly extensions: readonly Extension[];
  /** Address of the HTTP server of the app; undefined unless it enables HTTP streaming. */
  readonly streamUri: string | undefined;
  readonly findRoute: (method: string, path: string) => RouteMatch | undefined;
  readonly invoke: (
    invocation: Invocation,
    invocationId: string,
  ) => Promise<InvocationCompletion>;
  /** Starts a function that has no HTTP trigger; false when no function has the name. */
  readonly invokeManually: (
    functionName: string,
    input: string | undefined,
  ) => boolean;
}

const webhookPrefix = "/runtime/webhooks/";

export async function handleHttpRequest(
  dependencies: RequestHandlerDependencies,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(dependencies.customHeaders))
    response.setHeader(name, value);
  const disconnected = new AbortController();
  response.once("close", () => {
    // Not after a complete response: each abort creates an error with a stack trace.
    if (!response.writableFinished) disconnected.abort();
  });
  const request = await readHttpRequest(
    incoming,
    dependencies.origin,
    disconnected.signal,
  );
  const result = request
    ? await route(dependencies, request, response)
    : { status: 413 };
  if (result) send(response, result);
}

/** Undefined when the response has been streamed already. */
async function route(
  dependencies: RequestHandlerDependencies,
  request: ReceivedRequest,
  response: ServerResponse,
): Promise<HttpFunctionResponse | undefined> {
  const { pathname } = request.url;
  if (pathname === "/" && request.method === "GET")
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: dependencies.homePage,
    };
  if (pathname.toLowerCase().startsWith(webhookPrefix))
    return callWebhook(dependencies, request);
  const functionName = matchAdminInvoke(request);
  if (functionName !== undefined)
    return adminInvoke(dependencies, request, functionName);
  const { keys, streamUri, findRoute, invoke } = dependencies;
  const match = findRoute(request.method, pathname);
  if (match === undefined) return { status: 404 };
  if (keys && !authorizesFunction(keys, match.target.authLevel, keyOf(request)))
    return { status: 401 };
  return streamUri === undefined
    ? invokeBuffered(dependencies, request, match)
    : invokeStreaming({ invoke, streamUri }, request, match, response);
}

const keyOf = ({ headers, url }: ReceivedRequest): string | undefined =>
  headers["x-functions-key"] ?? url.searchParams.get("code") ?? undefined;

function send(
  response: ServerResponse,
  { status, headers = {}, body }: HttpFunctionResponse,
): void {
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, value);
  response.statusCode = status; // writeHead would omit the content length
  response.end(body);
}

async function callWebhook(
  { extensions, keys }: RequestHandlerDependencies,
  request: ReceivedRequest,
): Promise<HttpFunctionResponse> {
  const path = decodeWebhookPath(
    request.url.pathname.slice(webhookPrefix.length),
  );
  const [name = "", ...rest] = path?.split("/") ?? [];
  const extension = extensions.find(
    (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
  );
  if (path === undefined || extension?.webhook === undefined)
    return { status: 404 };
  const key = keyOf(request);
  if (keys && !authorizesWebhook(keys, key))
    return authorizesFunction(keys, "function", key)
      ? { status: 403 }
      : { status: 401, headers: { "www-authenticate": "Bearer" } };
  return extension.webhook({
    ...request,
    path: rest.join("/"),
  });
}

function adminInvoke(
  { keys, invokeManually }: RequestHandlerDependencies,
  request: ReceivedRequest,
  functionName: string,
): HttpFunctionResponse {
  if (keys && !authorizesFunction(keys, "admin", keyOf(request)))
    return { status: 401 };
  const input = parseAdminInput(request.body);
  if (input === undefined) return { status: 400 };
  return { status: invokeManually(functionName, input.text) ? 202 : 404 };
}

async function invokeBuffered(
  { invoke }: RequestHandlerDependencies,
  request: ReceivedRequest,
  { target, params }: RouteMatch,
): Promise<HttpFunctionResponse> {
  const completion = await invoke(
    toHttpInvocation(target.name, toHttpTriggerData(request, params), request),
    randomUUID(),
  );
  return completion.ok
    ? fromRpcHttp(completion.response.returnValue)
    : { status: 500 };
}
