import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { HostStartError, describeError } from "../core/host-error";

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/** A port that is ours before there is anything to serve: requests wait until `serve` is called. */
export interface HttpListener {
  readonly number: number;
  serve(handler: Handler): void;
  /** Takes no new connections, and gives requests that are being answered so long to end. */
  drain(graceMs: number): Promise<void>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Binds the port on the loopback address; 0 picks a free one. */
export async function startHttpListener(
  wanted: number,
  onError: (error: unknown) => void,
): Promise<HttpListener> {
  let serve: (handler: Handler) => void = () => undefined;
  const handler = new Promise<Handler>((resolve) => {
    serve = resolve;
  });
  let closed: Promise<void> | undefined;
  const server = createServer((request, response) => {
    response.once("close", () => {
      // While the server closes, a connection that has been answered is not kept for another request.
      if (closed) server.closeIdleConnections();
    });
    handler
      .then((handle) => handle(request, response))
      .catch((error: unknown) => {
        // A caller who went away while sending is nobody's fault.
        if (request.complete) onError(error);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  await listen(server, wanted);
  const closing = (): Promise<void> =>
    (closed ??= new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    }));
  return {
    number: (server.address() as AddressInfo).port,
    serve,
    drain: async (graceMs) => {
      const late = wait(graceMs, undefined, { ref: false });
      await Promise.race([closing(), late]);
    },
    close: async () => {
      const isClosed = closing();
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
              `Port ${port} cannot be used: ${describeError(error)}.`,
              { cause: error },
            ),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
