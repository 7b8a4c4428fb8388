import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { readBody } from "../../../shared/http-body/read-body";
import { payloadTooLargeResponse } from "../../../durable-task/http-api/responses";
import type { WebhookRequest, WebhookResponse } from "../../core/extension";
import { decodeWebhookPath } from "../../core/webhook-path";

type Handler = (request: WebhookRequest) => Promise<WebhookResponse>;

const prefix = "/durabletask/";

interface RpcListenerOptions {
  /** The public origin of the host, to which the URLs in responses refer. */
  readonly origin: string;
  readonly maxPayloadBytes: number;
}

/**
 * The listener for the client library in the app. Like the listener of the Durable Task extension, it listens on
 * the loopback address and requires no key. Its URL ends in a slash, because the library resolves relative paths against it.
 */
export async function startRpcListener(
  handle: Handler,
  options: RpcListenerOptions,
  reportProblem: (message: string, error: unknown) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    respond(request, response, handle, options).catch((error: unknown) => {
      reportProblem(
        `The task hub could not process ${request.method ?? ""} ${request.url ?? ""}.`,
        error,
      );
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handler,
  { origin, maxPayloadBytes }: RpcListenerOptions,
): Promise<void> {
  const disconnected = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) disconnected.abort();
  });
  // Not `new URL(target, origin)`: a target that starts with two slashes would be read as a host.
  const url = new URL(`${origin}${request.url ?? "/"}`);
  const path = parsePath(url);
  const content = await readBody(request, maxPayloadBytes);
  const toResponse = (): WebhookResponse | Promise<WebhookResponse> => {
    if (path === undefined) return { status: 404 };
    if (content === undefined) return payloadTooLargeResponse(maxPayloadBytes);
    return handle({
      method: request.method ?? "GET",
      path,
      url,
      headers: toHeaders(request),
      body: content,
      signal: disconnected.signal,
    });
  };
  const { status, headers, body } = await toResponse();
  response.writeHead(status, headers);
  response.end(body);
}

/** Undefined for a path outside the API. */
const parsePath = ({ pathname }: URL): string | undefined =>
  pathname.startsWith(prefix)
    ? decodeWebhookPath(pathname.slice(prefix.length))
    : undefined;

const toHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  );
