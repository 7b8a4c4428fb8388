import type { PlatformDifferences } from "./platform-difference";

export const httpDifferences = {
  cookies: {
    case: "a cookie without a path",
    azure: "gets `; path=/`; attributes in lower case",
    local: "no path; attributes in mixed case",
    kind: "other",
  },
  headerValue: {
    case: "`é` in the value of a response header",
    azure: "500",
    local: "200",
    kind: "kinder",
  },
  bodyOverLimit: {
    case: "request body over 100 MB",
    azure: "500 without a body",
    local: "413",
    kind: "other",
  },
  longUrl: {
    case: "a URL of 9 KB",
    azure: "414",
    local: "passed to the function",
    kind: "kinder",
  },
  chunkedBody: {
    case: "chunked request body without enableHttpStream",
    azure: "the function gets an empty body",
    local: "the function gets the body",
    kind: "kinder",
  },
  streamWithoutResult: {
    case: "enableHttpStream, the function returns nothing",
    azure: "no response, ever",
    local: "204",
    kind: "kinder",
  },
  streamWithError: {
    case: "enableHttpStream, the function throws",
    azure: "no response, ever",
    local: "500",
    kind: "kinder",
  },
  disabledWithKey: {
    case: "a disabled function with a level, without a key",
    azure: "401",
    local: "404",
    kind: "other",
  },
  keyCase: {
    case: "a key in another letter case, or as `CODE=`",
    azure: "accepted",
    local: "401",
    kind: "stricter",
  },
  adminStatus: {
    case: "`GET /admin/host/status`, `keys`, `/admin/functions`",
    azure: "200 with the master key",
    local: "404",
    kind: "not built",
  },
  ping: {
    case: "`GET /admin/host/ping`, `/admin/warmup`",
    azure: "200 without a key",
    local: "404",
    kind: "not built",
  },
  adminInvokeOfHttp: {
    case: "`POST /admin/functions/{name}` of an HTTP function",
    azure: "202",
    local: "404",
    kind: "not built",
  },
  adminInvokeWithoutBody: {
    case: "`POST /admin/functions/{name}` without a body",
    azure: "400",
    local: "202",
    kind: "kinder",
  },
} as const satisfies PlatformDifferences;
