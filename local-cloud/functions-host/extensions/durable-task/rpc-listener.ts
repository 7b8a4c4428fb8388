import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookRequest, WebhookResponse } from "../../core/extension";
import { payloadTooLargeResponse } from "../../../durable-task/http-api/responses";

type Answer = (request: WebhookRequest) => Promise<WebhookResponse>;

const prefix = "/durabletask/";

/**
 * The listener that the client library in the app talks to. It answers on the loopback address only and asks for no
 * key, as the real extension's does. The URL ends in a slash: the library resolves relative paths against it.
 */
export async function startRpcListener(
  answer: Answer,
  maxPayloadBytes: number,
  problem: (sentence: string, error: unknown) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    respond(request, response, answer, maxPayloadBytes).catch(
      (error: unknown) => {
        problem(
          `The task hub could not answer ${request.method ?? ""} ${request.url ?? ""}.`,
          error,
        );
        if (!response.headersSent) response.writeHead(500);
        response.end();
      },
    );
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
  answer: Answer,
  maxPayloadBytes: number,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  // Put behind an origin as it is: a target that begins with two slashes would be read as a host.
  const url = new URL(`http://127.0.0.1${request.url ?? "/"}`);
  const path = pathOf(url);
  const content = await bodyOf(request, maxPayloadBytes);
  const answered = (): WebhookResponse | Promise<WebhookResponse> => {
    if (path === undefined) return { status: 404 };
    if (content === undefined) return payloadTooLargeResponse(maxPayloadBytes);
    return answer({
      method: request.method ?? "GET",
      path,
      url,
      headers: headersOf(request),
      body: content,
      signal: gone.signal,
    });
  };
  const { status, headers, body } = await answered();
  response.writeHead(status, headers);
  response.end(body);
}

/** Undefined when it names nothing here. */
function pathOf({ pathname }: URL): string | undefined {
  if (!pathname.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(prefix.length)).replace(
      /\/+$/,
      "",
    );
  } catch {
    return undefined; // a stray % names nothing
  }
}

/** Undefined when it is too large; it is read to its end all the same, so that the caller gets to read the answer. */
async function bodyOf(
  request: IncomingMessage,
  limit: number,
): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  );
