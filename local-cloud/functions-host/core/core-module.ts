import Module from "node:module";
import type { FunctionsCoreApi } from "./core-api";

/**
 * Makes `require("@azure/functions-core")` return `core`, in the app and in each copy of the library in it. The package
 * does not exist on npm: the Functions worker provides it in the same way.
 */
export function provideCoreModule(core: FunctionsCoreApi): void {
  // Detaching the method is safe: the proxy passes the requiring module as `this`.
  const prototype = Module.prototype as { require: (id: string) => unknown };
  const original = prototype.require;
  prototype.require = new Proxy(original, {
    apply: (target, module, args: [string]) =>
      args[0] === "@azure/functions-core"
        ? core
        : Reflect.apply(target, module, args),
  });
}
