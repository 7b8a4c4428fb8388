import Module from "node:module";
import type { FunctionsCoreApi } from "./core-api";

/**
 * Makes `require("@azure/functions-core")` give `core`, in the app and in every copy of the library that it has. No
 * such package exists: the real worker provides it in the same way.
 */
export function provideCoreModule(core: FunctionsCoreApi): void {
  // A method is taken off its class here on purpose: it is called with the module that requires.
  const prototype = Module.prototype as { require: (id: string) => unknown };
  const original = prototype.require;
  prototype.require = new Proxy(original, {
    apply: (target, module, args: [string]) =>
      args[0] === "@azure/functions-core"
        ? core
        : Reflect.apply(target, module, args),
  });
}
