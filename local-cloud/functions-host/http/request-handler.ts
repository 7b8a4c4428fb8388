/** Answers every request to the host's port: the app's HTTP functions, the extensions' webhooks, and a home page. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Extension, Invocation, TypedData } from "../core/extension";
import type { InvocationCompletion } from "../core/invocation";
import {
  type HostKeys,
  authorizesFunction,
  authorizesWebhook,
} from "../core/keys";
import { matchAdminInvoke, parseAdminInput } from "./admin-invoke";
import type { RouteMatch } from "./functions-router";
import {
  toHttpTriggerData,
  readHttpRequest,
  type ReceivedRequest,
} from "./received-request";
import { type HttpFunctionResponse, fromRpcHttp } from "./rpc-response";
import {
  forwardRequest,
  streamTriggerMetadata,
  omitHopByHopHeaders,
} from "./streaming-proxy";

export interface RequestHandlerDependencies {
  readonly origin: string;
  readonly homePage: string;
  /** Undefined when keys are not asked for. */
  readonly keys: HostKeys | undefined;
  readonly extensions: readonly Extension[];
  /** Where the app serves HTTP itself, if it does. */
  readonly streamUri: string | undefined;
  findRoute(method: string, path: string): RouteMatch | undefined;
  invoke(
    invocation: Invocation,
    invocationId: string,
  ): Promise<InvocationCompletion>;
  /** Begins to run a function that is not triggered by HTTP; false when there is none of that name. */
  invokeManually(functionName: string, input: string | undefined): boolean;
}

const webhooks = "/runtime/webhooks/";

export async function handleHttpRequest(
  door: RequestHandlerDependencies,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    // The connection of an answer that has been sent is of no interest; to abort makes an error with a stack trace.
    if (!response.writableFinished) gone.abort();
  });
  const request = await readHttpRequest(incoming, door.origin, gone.signal);
  const answer = request
    ? await answerFor(door, request, response)
    : { status: 413 };
  if (answer) send(response, answer);
}

/** The answer, or undefined when it has been sent as a stream. */
async function answerFor(
  door: RequestHandlerDependencies,
  request: ReceivedRequest,
  response: ServerResponse,
): Promise<HttpFunctionResponse | undefined> {
  const { pathname } = request.url;
  if (pathname === "/" && request.method === "GET") return home(door);
  if (pathname.toLowerCase().startsWith(webhooks))
    return webhook(door, request);
  const called = matchAdminInvoke(request);
  if (called !== undefined) return runByHand(door, request, called);
  const match = door.findRoute(request.method, pathname);
  if (match === undefined) return { status: 404 };
  if (
    door.keys &&
    !authorizesFunction(door.keys, match.target.authLevel, keyOf(request))
  )
    return { status: 401 };
  return door.streamUri === undefined
    ? callFunction(door, request, match)
    : streamFunction(door, door.streamUri, request, match, response);
}

const home = ({
  homePage,
}: RequestHandlerDependencies): HttpFunctionResponse => ({
  status: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: homePage,
});

const keyOf = ({ headers, url }: ReceivedRequest): string | undefined =>
  headers["x-functions-key"] ?? url.searchParams.get("code") ?? undefined;

function send(
  response: ServerResponse,
  { status, headers = {}, body }: HttpFunctionResponse,
): void {
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, value);
  response.statusCode = status; // not by writeHead: so the length of the body is told
  response.end(body);
}

async function webhook(
  { extensions, keys }: RequestHandlerDependencies,
  request: ReceivedRequest,
): Promise<HttpFunctionResponse> {
  const path = decoded(request.url.pathname.slice(webhooks.length));
  const [name = "", ...rest] = path?.split("/") ?? [];
  const extension = extensions.find(
    (known) => known.name.toLowerCase() === name.toLowerCase(),
  );
  if (path === undefined || extension?.webhook === undefined)
    return { status: 404 };
  if (keys && !authorizesWebhook(keys, keyOf(request))) return { status: 401 };
  return extension.webhook({
    ...request,
    path: rest.join("/").replace(/\/+$/, ""),
  });
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // a stray % names nothing
  }
}

function runByHand(
  door: RequestHandlerDependencies,
  request: ReceivedRequest,
  functionName: string,
): HttpFunctionResponse {
  if (door.keys && !authorizesFunction(door.keys, "admin", keyOf(request)))
    return { status: 401 };
  const input = parseAdminInput(request.body);
  if (input === undefined) return { status: 400 };
  return { status: door.invokeManually(functionName, input.text) ? 202 : 404 };
}

async function callFunction(
  door: RequestHandlerDependencies,
  request: ReceivedRequest,
  { target, params }: RouteMatch,
): Promise<HttpFunctionResponse> {
  const end = await door.invoke(
    invocation(target.name, toHttpTriggerData(request, params), request),
    randomUUID(),
  );
  return end.ok ? fromRpcHttp(end.response.returnValue) : { status: 500 };
}

const invocation = (
  functionName: string,
  trigger: TypedData,
  { headers, signal }: ReceivedRequest,
): Invocation => ({
  functionName,
  trigger,
  signal,
  ...(headers["traceparent"] !== undefined && {
    traceContext: {
      traceParent: headers["traceparent"],
      ...(headers["tracestate"] !== undefined && {
        traceState: headers["tracestate"],
      }),
    },
  }),
});

/**
 * The function runs while the request is passed on to the app's own server, which pairs the two by invocation id. A
 * function that throws or returns nothing never answers there, so the host stops waiting and answers itself.
 */
async function streamFunction(
  door: RequestHandlerDependencies,
  uri: string,
  request: ReceivedRequest,
  { target, params }: RouteMatch,
  response: ServerResponse,
): Promise<HttpFunctionResponse | undefined> {
  const invocationId = randomUUID();
  const unanswered = new AbortController();
  const signal = AbortSignal.any([request.signal, unanswered.signal]);
  const answered = forwardRequest(request, { uri, invocationId }, signal).catch(
    (error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    },
  );
  const end = door.invoke(
    {
      ...invocation(target.name, { http: {} }, request),
      triggerMetadata: streamTriggerMetadata(request, params),
    },
    invocationId,
  );
  const answer = await Promise.race([answered, end.then(() => undefined)]);
  const passed = answer ?? (await answeredAfter(await end, answered));
  if (passed === undefined) {
    unanswered.abort();
    return { status: (await end).ok ? 200 : 500 };
  }
  response.writeHead(
    passed.statusCode ?? 200,
    omitHopByHopHeaders(passed.headers),
  );
  response.flushHeaders(); // the first event of a stream may be long in coming
  // A function that fails halfway leaves its answer open; the caller must see that it is not whole.
  void end.then(({ ok }) => {
    if (!ok) unanswered.abort();
  });
  await pipeline(passed, response).catch(() => {
    response.destroy(); // the caller is gone, or the function failed and the log has it
  });
  return undefined;
}

const answeredAfter = async <Answer>(
  end: InvocationCompletion,
  answered: Promise<Answer>,
): Promise<Answer | undefined> =>
  end.ok && end.result !== undefined ? answered : undefined;
