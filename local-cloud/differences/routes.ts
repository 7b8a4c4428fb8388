import type { PlatformDifferences } from "./platform-difference";

export const routeDifferences = {
  precedence: {
    case: "several routes match",
    azure: "the first function by name, whatever its route",
    local: "literals before parameters",
    kind: "other",
  },
  sameRoute: {
    case: "two functions with one route",
    azure: "the first by name",
    local: "the first registered",
    kind: "other",
  },
  constraints: {
    case: "`{p:length(2)}` and constraints with arguments",
    azure: "404 when not met",
    local: "ignored",
    kind: "kinder",
  },
  unknownConstraint: {
    case: "an unknown constraint",
    azure: "the host does not start",
    local: "ignored",
    kind: "kinder",
  },
  leadingSlash: {
    case: "a route with a leading slash",
    azure: "the host does not start",
    local: "the slash is ignored",
    kind: "kinder",
  },
  guid: {
    case: "`{p:guid}`",
    azure: "works",
    local: "the host does not start",
    kind: "stricter",
  },
  defaultValue: {
    case: "`{p=value}` without a value in the URL",
    azure: "the default value",
    local: "404",
    kind: "not built",
  },
  twoParameters: {
    case: "`{name}.{ext}` for `a.b.c`",
    azure: "`a.b` and `c`",
    local: "`a` and `b.c`",
    kind: "other",
  },
  encodedSlash: {
    case: "`%2F` in a parameter",
    azure: "stays `%2F`",
    local: "`/`",
    kind: "other",
  },
  brokenEscape: {
    case: "an invalid escape in a path",
    azure: "passed on unchanged",
    local: "404",
    kind: "stricter",
  },
  routePrefix: {
    case: "`%NAME%` in `routePrefix`",
    azure: "literal",
    local: "the app setting",
    kind: "kinder",
  },
} as const satisfies PlatformDifferences;
