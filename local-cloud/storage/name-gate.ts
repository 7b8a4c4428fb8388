/**
 * Runs in the process of Azurite and refuses requests for tables, queues and containers of a task hub, which keeps its state
 * elsewhere. On Azure they would be shared by the app and the hub. A request names its resource in the path; a request that
 * creates a table, or a transaction, names it in the body.
 */
import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { type ReservedNames, reservedLine } from "./reserved-names";

let reserved: ReservedNames = { hub: "", names: {} };

function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  proceed: () => void,
): void {
  const { localPort = 0 } = request.socket;
  const names = reserved.names[localPort] ?? [];
  const [, , resource = ""] = (request.url ?? "").split(/[/?(]/);
  const decide = (found: string | undefined): void => {
    if (found === undefined) proceed();
    else refuse(request, response, found);
  };
  if (names.length > 0 && /^(?:Tables|\$batch)$/i.test(resource))
    peekBody(request, (body) => {
      decide(findInBody(body, names));
    });
  else decide(names.find((name) => isSame(name, resource)));
}

/** Names of tables are not case-sensitive. */
const isSame = (name: string, other: string): boolean =>
  name.toLowerCase() === other.toLowerCase();

/** A new table is a JSON value; in a transaction, each operation has a URL. */
const findInBody = (
  body: string,
  names: readonly string[],
): string | undefined =>
  names.find((name) => new RegExp(`["/]${name}["(?\\s]`, "i").test(body));

/** Calls back with the body, which stays readable. Transactions have at most 4 MiB. */
function peekBody(
  request: IncomingMessage,
  callback: (body: string) => void,
): void {
  const length = Number(request.headers["content-length"] ?? 0);
  const chunks: Buffer[] = [];
  let size = 0;
  const read = (): void => {
    for (let chunk; (chunk = request.read() as Buffer | null) !== null;) {
      chunks.push(chunk);
      size += chunk.length;
    }
    if (size < length) return;
    request.off("readable", read);
    const body = Buffer.concat(chunks);
    // Before the stream can report its end.
    if (size > 0) request.unshift(body);
    callback(body.toString("utf8"));
  };
  if (length === 0) callback("");
  else request.on("readable", read);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): void {
  request.resume();
  const code = "ReservedByTaskHub";
  const message = `The name ${name} belongs to the task hub ${reserved.hub}, which on Azure keeps its state there. Rename it in the app, or rename the task hub (extensions.durableTask.hubName in host.json).`;
  const isTable = request.headers.accept?.includes("json") ?? false;
  const body = isTable
    ? JSON.stringify({
        "odata.error": { code, message: { lang: "en-US", value: message } },
      })
    : `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(403, {
    "content-type": isTable ? "application/json" : "application/xml",
    "x-ms-error-code": code,
  });
  response.end(body);
}

type Emit = (this: Server, event: string, ...args: unknown[]) => boolean;
const prototype: { emit: Emit } = Server.prototype;
const { emit } = prototype;

prototype.emit = function (event, ...args): boolean {
  const emitEvent = (): boolean => emit.call(this, event, ...args);
  if (event !== "request") return emitEvent();
  const [request, response] = args as [IncomingMessage, ServerResponse];
  handleRequest(request, response, emitEvent);
  return true;
};

// The input alone does not keep the process running.
(process.stdin as Socket).unref();
createInterface(process.stdin).on("line", (line) => {
  reserved = JSON.parse(line) as ReservedNames;
  process.stdout.write(`${reservedLine}\n`);
});
