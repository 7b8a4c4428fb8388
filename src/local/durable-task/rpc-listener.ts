import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type {
  WebhookRequest,
  WebhookResponse,
} from "../functions-host/extension";

const prefix = "/durabletask/";

/**
 * The listener that the client library in the app talks to. It answers on the loopback address only and asks for no
 * key, as the real extension's does. The URL ends in a slash: the library resolves relative paths against it.
 */
export async function startRpcListener(
  answer: (request: WebhookRequest) => Promise<WebhookResponse>,
  problem: (sentence: string, error: unknown) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    respond(request, response, answer).catch((error: unknown) => {
      problem(
        `The task hub could not answer ${request.method ?? ""} ${request.url ?? ""}.`,
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
  answer: (request: WebhookRequest) => Promise<WebhookResponse>,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  const { status, headers, body } = url.pathname.startsWith(prefix)
    ? await answer({
        method: request.method ?? "GET",
        path: pathOf(url),
        url,
        headers: headersOf(request),
        body: await buffer(request),
        signal: gone.signal,
      })
    : { status: 404 };
  response.writeHead(status, headers);
  response.end(body);
}

const pathOf = (url: URL): string =>
  decodeURIComponent(url.pathname.slice(prefix.length)).replace(/\/+$/, "");

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  );
