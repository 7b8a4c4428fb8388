import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Invocation } from "../core/extension";
import type { InvocationCompletion } from "../core/invocation";
import type { RouteMatch } from "./functions-router";
import { type ReceivedRequest, toHttpInvocation } from "./received-request";
import type { HttpFunctionResponse } from "./rpc-response";
import {
  forwardRequest,
  omitHopByHopHeaders,
  streamTriggerMetadata,
} from "./streaming-proxy";

export interface StreamingDependencies {
  /** Address of the HTTP server of the app. */
  readonly streamUri: string;
  readonly invoke: (
    invocation: Invocation,
    invocationId: string,
  ) => Promise<InvocationCompletion>;
}

/**
 * Invokes the function and concurrently forwards the request to the HTTP server of the app. The app assigns the request to
 * the invocation by its id. If the function throws or returns nothing, the app never responds to the request: the host then
 * aborts it and returns a response. Returns undefined when the response has been streamed.
 */
export async function invokeStreaming(
  { invoke, streamUri }: StreamingDependencies,
  request: ReceivedRequest,
  { target, params }: RouteMatch,
  response: ServerResponse,
): Promise<HttpFunctionResponse | undefined> {
  const invocationId = randomUUID();
  const forwarding = new AbortController();
  const signal = AbortSignal.any([request.signal, forwarding.signal]);
  const forwarded = forwardRequest(
    request,
    { uri: streamUri, invocationId },
    signal,
  ).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  const completed = invoke(
    {
      ...toHttpInvocation(target.name, { http: {} }, request),
      triggerMetadata: streamTriggerMetadata(request, params),
    },
    invocationId,
  );
  const first = await Promise.race([
    forwarded,
    completed.then(() => undefined),
  ]);
  const appResponse =
    first ?? (willRespond(await completed) ? await forwarded : undefined);
  if (appResponse === undefined) {
    forwarding.abort();
    return { status: (await completed).ok ? 204 : 500 };
  }
  response.writeHead(
    appResponse.statusCode ?? 200,
    omitHopByHopHeaders(appResponse.headers),
  );
  response.flushHeaders(); // the first event of a stream may come much later
  // If the function fails midway, the app leaves its response open. The abort shows the client that it is incomplete.
  void completed.then(({ ok }) => {
    if (!ok) forwarding.abort();
  });
  await pipeline(appResponse, response).catch(() => {
    response.destroy(); // the client has disconnected, or the function has failed (logged elsewhere)
  });
  return undefined;
}

const willRespond = (completion: InvocationCompletion): boolean =>
  completion.ok && completion.result !== undefined;
