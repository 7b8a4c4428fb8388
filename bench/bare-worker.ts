/**
 * Loads an app as the worker of the Functions host does, without a host, and prints as JSON the milliseconds since the process was
 * started, and what the app registered: `node bare-worker.js <the file of its package.json>`.
 */
import Module from "node:module";
import { resolve } from "node:path";

const functions: string[] = [];
const hooks: string[] = [];

class Disposable {
  dispose(): void {
    // Nothing is kept.
  }
}
const core = {
  version: "4.0.0",
  hostVersion: "4.1037.0.0",
  Disposable,
  setProgrammingModel: () => undefined,
  registerFunction: ({ name }: { readonly name: string }) => {
    functions.push(name);
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
const original = prototype.require;
prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : original.call(this, id);
};

const [, , entry = ""] = process.argv;
original.call(module, resolve(entry));
process.stdout.write(
  JSON.stringify({ ms: performance.now(), functions, hooks }),
);
// An app may hold the process, and what it does after it is loaded is not meant here.
process.exit(0);
