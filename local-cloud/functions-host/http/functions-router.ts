import findMyWay, { type HTTPMethod } from "find-my-way";
import type { FunctionMetadata } from "../core/extension";
import { HostStartError, describeError } from "../core/host-error";
import { toRoutePaths } from "./route-template";

/** An HTTP function with what its trigger says of it. */
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

/** Finds the function for a request: literals go before parameters, and case does not matter. */
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
    for (const { path, catchAll: rest } of toRoutePaths(
      routePrefix,
      target.route,
    )) {
      const free = (target.methods as readonly HTTPMethod[]).filter(
        (method) => !router.hasRoute(method, path),
      );
      try {
        router.on(free, path, () => undefined, { target, rest });
      } catch (cause) {
        throw new HostStartError(
          "app_load_failed",
          `Function ${target.name} cannot be served at the route "${target.route}": ${describeError(cause)}`,
          { cause },
        );
      }
    }
  return (method, path) => {
    const found = router.find(method as HTTPMethod, path);
    if (found === null) return undefined;
    const { target, rest } = found.store as {
      target: HttpFunction;
      rest: string | undefined;
    };
    const { "*": caught, ...named } = found.params;
    const params = Object.entries({
      ...named,
      ...(rest !== undefined && { [rest]: caught }),
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return {
      target,
      params: Object.fromEntries(params) as Record<string, string>,
    };
  };
}
