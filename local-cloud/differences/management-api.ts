import type { PlatformDifferences } from "./platform-difference";

export const managementApiDifferences = {
  errorBodies: {
    case: "body of 400 and 500",
    azure: "message, exception type and stack trace",
    local: "`Message`, without a stack trace",
    kind: "other",
  },
  wrongStateMessage: {
    case: "suspend of a suspended, resume of a running instance",
    azure: "`Something went wrong …` with the reason as exception",
    local: "the reason as `Message`",
    kind: "other",
  },
  unknownConnection: {
    case: "`connection=` with an unknown name",
    azure: "500",
    local: "ignored",
    kind: "not built",
  },
  otherTaskHub: {
    case: "`taskHub=` with another name",
    azure: "uses that task hub",
    local: "404",
    kind: "not built",
  },
  invalidFilters: {
    case: "invalid `top`, time, status or continuation token",
    azure: "ignored, or 500",
    local: "400",
    kind: "stricter",
  },
  purgeOfRunning: {
    case: "purge by filter without an ended status",
    azure: "also deletes what runs, entities included",
    local: "deletes ended instances only",
    kind: "kinder",
  },
  historyFields: {
    case: "fields of history events",
    azure: "more: `Correlation`, `Generation`, `ParentTraceContext` …",
    local: "without them",
    kind: "not built",
  },
  historyTimes: {
    case: "times in a history",
    azure: "up to 7 digits of a second",
    local: "3 digits",
    kind: "other",
  },
  rewoundHistory: {
    case: "history of a rewound instance",
    azure: "`GenericEvent` in place of each removed event",
    local: "`ExecutionRewound`",
    kind: "other",
  },
  entityInstance: {
    case: "status of an entity's instance",
    azure: "the input has a `sorter`",
    local: "without it",
    kind: "other",
  },
  bodyLimit: {
    case: "request body over `maxPayloadBytes`",
    azure: "no such limit",
    local: "413",
    kind: "stricter",
  },
  nulInId: {
    case: "U+0000 in an id",
    azure: "not tried; other control characters are accepted",
    local: "400",
    kind: "stricter",
  },
} as const satisfies PlatformDifferences;
