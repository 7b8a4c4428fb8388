/**
 * Loads an app like the worker of the Functions host, without a host, and responds to GET requests with the function of the
 * route: `node bare-worker.js <file>`. Prints one line of JSON when it listens: the milliseconds from the start of the process until
 * the app was loaded, the registered functions and hooks, and the port. Stops when its stdin is closed.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Module from "node:module";
import { resolve } from "node:path";

interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<
    Record<string, { readonly type: string; readonly route?: string }>
  >;
}
/** The object with which the worker calls a function; `@azure/functions` creates it. */
interface Invocation {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(
    context: unknown,
    inputs: unknown[],
    handler: unknown,
  ): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ returnValue: { http: { statusCode: string } } }>;
}
interface ProgrammingModel {
  getInvocationModel(context: object): Invocation;
}

class Disposable {
  dispose(): void {
    // Registrations last as long as the process.
  }
}
const registered: { metadata: Metadata; handler: unknown }[] = [];
const hooks: string[] = [];
let model: ProgrammingModel | undefined;
const core = {
  version: "4.0.0",
  hostVersion: "4.1037.0.0",
  Disposable,
  setProgrammingModel: (given: ProgrammingModel) => {
    model = given;
  },
  getProgrammingModel: () => model,
  registerFunction: (metadata: Metadata, handler: unknown) => {
    registered.push({ metadata, handler });
    return new Disposable();
  },
  registerHook: (name: string) => {
    hooks.push(name);
    return new Disposable();
  },
  log: () => undefined,
};

const prototype = Module.prototype as {
  require: (this: unknown, id: string) => unknown;
};
const originalRequire = prototype.require;
prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : originalRequire.call(this, id);
};

/** Resolves with the status code of the function's response. */
async function runHttpFunction(url: string): Promise<number> {
  for (const { metadata, handler } of registered)
    for (const [name, { type, route }] of Object.entries(metadata.bindings)) {
      if (type !== "httpTrigger" || `/${route ?? ""}` !== url) continue;
      const http = { method: "GET", url: `http://localhost${url}` };
      const invocation = model?.getInvocationModel({
        invocationId: "1",
        metadata,
        request: { inputData: [{ name, data: { http } }], triggerMetadata: {} },
        log: () => undefined,
      });
      if (invocation === undefined) break;
      const { context, inputs } = await invocation.getArguments();
      const result = await invocation.invokeFunction(context, inputs, handler);
      const response = await invocation.getResponse(context, result);
      return Number(response.returnValue.http.statusCode);
    }
  return 404;
}

const [, , entry = ""] = process.argv;
originalRequire.call(module, resolve(entry));
const loadMs = performance.now();
const server = createServer((request, response) => {
  void runHttpFunction(request.url ?? "").then((status) => {
    response.writeHead(status).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  const functions = registered.map(({ metadata }) => metadata.name);
  const { port } = server.address() as AddressInfo;
  process.stdout.write(
    `${JSON.stringify({ loadMs, functions, hooks, port })}\n`,
  );
});
// An app may have timers or sockets that keep the process alive.
process.stdin.resume().on("end", () => process.exit(0));
