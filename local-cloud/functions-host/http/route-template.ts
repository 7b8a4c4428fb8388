/** A path as the router has it. `rest` names the parameter that a catch-all fills. */
export interface RoutePath {
  readonly path: string;
  readonly catchAll: string | undefined;
}

const constraints: Readonly<Record<string, string>> = {
  int: "^[+-]?\\d+$",
  long: "^[+-]?\\d+$",
  alpha: "^[A-Za-z]+$",
  bool: "^(?:[Tt]rue|[Ff]alse)$",
  guid: "^[0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}$",
};

/**
 * The router's paths for an ASP.NET Core route template: `{p}`, `{p?}`, `{p:int}`, `{*rest}`. A template with optional
 * parts is several paths. https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
 */
export function toRoutePaths(
  prefix: string,
  template: string,
): readonly RoutePath[] {
  const segments = [prefix, template]
    .flatMap((part) => part.split("/"))
    .filter((segment) => segment !== "");
  const paths: RoutePath[] = [];
  const rest = /^\{\*{1,2}(\w+)\}$/.exec(segments.at(-1) ?? "")?.[1];
  const fixed = rest === undefined ? segments : segments.slice(0, -1);
  const written = fixed.map(routerSegment);
  if (rest !== undefined)
    paths.push({ path: `/${[...written, "*"].join("/")}`, catchAll: rest });
  paths.push({ path: `/${written.join("/")}`, catchAll: undefined });
  for (let length = fixed.length; isOptional(fixed[length - 1]); length -= 1)
    paths.push({
      path: `/${written.slice(0, length - 1).join("/")}`,
      catchAll: undefined,
    });
  return paths;
}

const isOptional = (segment: string | undefined): boolean =>
  segment !== undefined && /^\{\w+(?::[^}]*)?\?\}$/.test(segment);

function routerSegment(segment: string): string {
  const isWhole = /^\{[^{}]*\}$/.test(segment);
  return segment
    .split(/(\{[^{}]*\})/)
    .map((part) =>
      part.startsWith("{")
        ? parameter(part.slice(1, -1), isWhole)
        : part.replaceAll(":", "::"),
    )
    .join("");
}

function parameter(text: string, isWhole: boolean): string {
  const [name = "", constraint = ""] = text.replace(/\?$/, "").split(":");
  const pattern = constraints[constraint] ?? (isWhole ? undefined : "[^/]+?");
  return pattern === undefined ? `:${name}` : `:${name}(${pattern})`;
}
