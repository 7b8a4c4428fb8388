import findMyWay, { type HTTPMethod } from "find-my-way";
import { errorMessage } from "../../shared/error-message";
import type { FunctionMetadata } from "../core/extension";
import { HostStartError } from "../core/host-error";
import { toRoutePaths } from "./route-template";

/** An HTTP function with the settings of its trigger. */
export interface HttpFunction {
  readonly name: string;
  readonly route: string;
  readonly methods: readonly string[];
  readonly authLevel: string;
}

export interface RouteMatch {
  readonly target: HttpFunction;
  readonly params: Readonly<Record<string, string>>;
}

export function toHttpFunction({
  name,
  bindings,
}: FunctionMetadata): HttpFunction | undefined {
  const trigger = Object.values(bindings).find(
    ({ type }) => type.toLowerCase() === "httptrigger",
  );
  if (trigger === undefined) return undefined;
  const methods = trigger["methods"] as readonly string[] | undefined;
  return {
    name,
    route: (trigger["route"] as string | undefined) ?? name,
    methods: methods?.length ? methods.map(upper) : ["GET", "POST"],
    authLevel: (trigger["authLevel"] as string | undefined) ?? "anonymous",
  };
}
const upper = (method: string): string => method.toUpperCase();

/** Returns a function that routes requests. Literal segments take precedence over parameters; case is ignored. */
export function createFunctionsRouter(
  functions: readonly HttpFunction[],
  routePrefix: string,
): (method: string, path: string) => RouteMatch | undefined {
  const router = findMyWay({
    caseSensitive: false,
    ignoreTrailingSlash: true,
    maxParamLength: 8192,
  });
  for (const target of functions)
    for (const { path, catchAll } of toRoutePaths(routePrefix, target.route)) {
      // Of several functions with the same route and method, the one that was registered first is called.
      const methods = (target.methods as readonly HTTPMethod[]).filter(
        (method) => !router.hasRoute(method, path),
      );
      try {
        router.on(methods, path, () => undefined, { target, catchAll });
      } catch (cause) {
        throw new HostStartError(
          "app_load_failed",
          `Function ${target.name} cannot be served at the route "${target.route}": ${errorMessage(cause)}`,
          { cause },
        );
      }
    }
  return (method, path) => {
    const found = router.find(method as HTTPMethod, path);
    if (found === null) return undefined;
    const { target, catchAll } = found.store as {
      target: HttpFunction;
      catchAll: string | undefined;
    };
    const { "*": remainder, ...named } = found.params;
    const params = Object.entries({
      ...named,
      ...(catchAll !== undefined && { [catchAll]: remainder }),
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return {
      target,
      params: Object.fromEntries(params) as Record<string, string>,
    };
  };
}
