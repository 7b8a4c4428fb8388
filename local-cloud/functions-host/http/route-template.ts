export interface RoutePath {
  /** In the syntax of find-my-way. */
  readonly path: string;
  /** Name of the catch-all parameter. */
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
 * Translates an ASP.NET Core route template (`{p}`, `{p?}`, `{p:int}`, `{*rest}`) for the router. A template with
 * optional segments becomes several paths. https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
 */
export function toRoutePaths(
  prefix: string,
  template: string,
): readonly RoutePath[] {
  const segments = [prefix, template]
    .flatMap((part) => part.split("/"))
    .filter((segment) => segment !== "");
  const paths: RoutePath[] = [];
  const catchAll = /^\{\*{1,2}(\w+)\}$/.exec(segments.at(-1) ?? "")?.[1];
  const fixed = catchAll === undefined ? segments : segments.slice(0, -1);
  const translated = fixed.map(translateSegment);
  if (catchAll !== undefined)
    paths.push({ path: `/${[...translated, "*"].join("/")}`, catchAll });
  paths.push({ path: `/${translated.join("/")}`, catchAll: undefined });
  for (let length = fixed.length; isOptional(fixed[length - 1]); length -= 1)
    paths.push({
      path: `/${translated.slice(0, length - 1).join("/")}`,
      catchAll: undefined,
    });
  return paths;
}

const isOptional = (segment: string | undefined): boolean =>
  segment !== undefined && /^\{\w+(?::[^}]*)?\?\}$/.test(segment);

function translateSegment(segment: string): string {
  const isWhole = /^\{[^{}]*\}$/.test(segment);
  return segment
    .split(/(\{[^{}]*\})/)
    .map((part) =>
      part.startsWith("{")
        ? translateParameter(part.slice(1, -1), isWhole)
        : part.replaceAll(":", "::"),
    )
    .join("");
}

function translateParameter(text: string, isWhole: boolean): string {
  const [name = "", constraint = ""] = text.replace(/\?$/, "").split(":");
  const pattern = constraints[constraint] ?? (isWhole ? undefined : "[^/]+?");
  return pattern === undefined ? `:${name}` : `:${name}(${pattern})`;
}
