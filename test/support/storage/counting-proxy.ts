import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountingProxy {
  /** The connection string, with the endpoints of the proxy in it. */
  readonly connectionString: string;
  /** Requests since the last call of it, by service and kind: `table write`, `blob read`. */
  takeCounts(): Readonly<Record<string, number>>;
  stop(): void;
}

/** Stands before storage, passes everything on, and counts what Azure would bill. */
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
      const kind = `${service.toLowerCase()} ${kindOf(incoming)}`;
      counts[kind] = (counts[kind] ?? 0) + 1;
      const onward = request(
        origin + (incoming.url ?? ""),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
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

const kindOf = ({ method, url = "" }: IncomingMessage): string => {
  if (method === "GET" || method === "HEAD") return "read";
  if (/\/Tables\b|restype=container/.test(url)) return "set-up";
  return "write";
};
