import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { errorMessage } from "../../shared/error-message";
import { waitAtMost } from "../../shared/timeout/with-timeout";
import { HostStartError } from "../core/host-error";

type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/** An HTTP server on a port that is acquired before the app is loaded: requests wait until `serve` is called. */
export interface HttpListener {
  readonly port: number;
  serve(handler: RequestHandler): void;
  /** Accepts no more connections and waits for pending requests, for at most `limitMs`. */
  drain(limitMs: number): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Listens on the loopback address; port 0 picks a free one. */
export async function startHttpListener(
  port: number,
  onError: (error: unknown) => void,
): Promise<HttpListener> {
  let serve: (handler: RequestHandler) => void = () => undefined;
  const handler = new Promise<RequestHandler>((resolve) => {
    serve = resolve;
  });
  let closed: Promise<void> | undefined;
  const server = createServer((request, response) => {
    response.once("close", () => {
      // A keep-alive connection would otherwise delay the closing of the server.
      if (closed) server.closeIdleConnections();
    });
    handler
      .then((handle) => handle(request, response))
      .catch((error: unknown) => {
        // The request is incomplete because the client disconnected. This is not an error of the host.
        if (request.complete) onError(error);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  await listen(server, port);
  const startClosing = (): Promise<void> =>
    (closed ??= new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    }));
  return {
    port: (server.address() as AddressInfo).port,
    serve,
    drain: (limitMs) => waitAtMost(startClosing(), limitMs),
    close: async () => {
      const isClosed = startClosing();
      server.closeAllConnections();
      await isClosed;
    },
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new HostStartError(
              "port_in_use",
              `Port ${port} is in use: stop the program that listens on it, or choose another with --port (0 picks a free one).`,
              { cause: error },
            )
          : new HostStartError(
              "port_unusable",
              `Port ${port} cannot be used: ${errorMessage(error)}.`,
              { cause: error },
            ),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
