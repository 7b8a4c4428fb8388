import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountingProxy {
  /** The connection string, with its endpoints replaced by those of the proxy. */
  readonly connectionString: string;
  /** Returns the number of requests since the previous call, by service and kind, such as `table write`. */
  takeCounts(): Readonly<Record<string, number>>;
  stop(): void;
}

/** Forwards requests to storage and counts the transactions that Azure would bill. */
export async function startCountingProxy(
  connectionString: string,
): Promise<CountingProxy> {
  let counts: Record<string, number> = {};
  const stops: (() => void)[] = [];
  let proxied = connectionString;
  for (const [, service = "", origin = ""] of connectionString.matchAll(
    /(\w+)Endpoint=(http:\/\/[^/;]+)/gi,
  )) {
    const server = createServer((incoming, outgoing) => {
      const kind = `${service.toLowerCase()} ${requestKind(incoming)}`;
      counts[kind] = (counts[kind] ?? 0) + 1;
      const forwarded = request(
        origin + (incoming.url ?? ""),
        { method: incoming.method, headers: incoming.headers },
        (response) => {
          outgoing.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(outgoing);
        },
      );
      forwarded.on("error", () => outgoing.destroy());
      incoming.pipe(forwarded);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    stops.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    proxied = proxied.replace(origin, `http://127.0.0.1:${port}`);
  }
  return {
    connectionString: proxied,
    takeCounts() {
      const taken = counts;
      counts = {};
      return taken;
    },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

const requestKind = ({ method, url = "" }: IncomingMessage): string => {
  if (method === "GET" || method === "HEAD") return "read";
  if (/\/Tables\b|restype=container/.test(url)) return "set-up";
  return "write";
};
