import type { PlatformDifferences } from "./platform-difference";

export const hostDifferences = {
  bodySizeSetting: {
    case: "`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`",
    azure: "the limit of request bodies",
    local: "ignored",
    kind: "not built",
  },
  entryPoints: {
    case: "`main: src/{index.js,functions/*.js}`",
    azure: "loads index.js first",
    local: "loads in the order of the paths",
    kind: "other",
  },
  invalidBinding: {
    case: "a function with an invalid binding",
    azure: "is disabled, the others run",
    local: "the host does not start",
    kind: "stricter",
  },
  traceContext: {
    case: "`traceContext` without telemetry, with a traceparent",
    azure: "empty texts",
    local: "the incoming trace",
    kind: "other",
  },
  queueOutput: {
    case: "queue output of `true`; of `null` in an array",
    azure: "`True`; an empty message",
    local: "`true`; no message",
    kind: "other",
  },
} as const satisfies PlatformDifferences;
