import type { PlatformDifferences } from "./platform-difference";

export const orchestrationDifferences = {
  unknownFunction: {
    case: "call of an activity, child or entity that is not registered",
    azure: "the instance stays Running",
    local: "the instance fails and names the known functions",
    kind: "kinder",
  },
  disabledFunction: {
    case: "call of a disabled activity, child or entity",
    azure: "a failure that the orchestrator can catch",
    local: "the instance fails",
    kind: "other",
  },
  disabledOrchestrator: {
    case: "start of a disabled orchestrator",
    azure: "400",
    local: "202, and the instance fails",
    kind: "other",
  },
  locksOfEndedOwner: {
    case: "locks of an orchestration that failed or was terminated",
    azure: "never released",
    local: "released",
    kind: "kinder",
  },
  terminatedChild: {
    case: "a child is terminated while its parent waits",
    azure: "the parent fails as non-deterministic",
    local: "the parent can catch the failure",
    kind: "kinder",
  },
  usedChildId: {
    case: "a child is started with the id of a running instance",
    azure: "the running instance is replaced",
    local: "the start fails, and the parent can catch it",
    kind: "kinder",
  },
  eventsBeforeContinueAsNew: {
    case: "events before continueAsNew that no task waited for",
    azure: "lost",
    local: "passed to the next execution",
    kind: "kinder",
  },
  concurrentStarts: {
    case: "concurrent starts of one id",
    azure: "more than one is accepted",
    local: "one is accepted",
    kind: "kinder",
  },
  rewindAfterRetry: {
    case: "rewind after a failure that a retry had handled",
    azure: "fails as non-deterministic",
    local: "completes",
    kind: "kinder",
  },
  controlOfEntityId: {
    case: "event, terminate, suspend or resume for an entity's id",
    azure: "accepted, and disturbs other instances for a minute",
    local: "404",
    kind: "stricter",
  },
  entityNameWithCapitals: {
    case: "an entity signals an entity whose name has capitals",
    azure: "the signal is lost",
    local: "the signal arrives",
    kind: "kinder",
  },
  earlyTimers: {
    case: "timers and retry delays",
    azure: "end up to 0.95 seconds early",
    local: "never end early",
    kind: "kinder",
  },
  runsPerEpisode: {
    case: "runs of an orchestrator that does not read isReplaying",
    azure: "one from the start in every episode",
    local: "one, and another before the end",
    kind: "other",
  },
  errorWithoutMessage: {
    case: "output after an error without a message",
    azure: "`One or more errors occurred. …` with internal state",
    local: "`It threw an error without a message.`",
    kind: "other",
  },
  nondeterminism: {
    case: "text after `Non-Deterministic workflow detected:`",
    azure: "names .NET types",
    local: "names the kind of the task",
    kind: "other",
  },
  activityErrorDetails: {
    case: "details of the error of an activity",
    azure: "JSON of a .NET exception",
    local: "stack trace of the JavaScript error",
    kind: "other",
  },
  httpCallHeaders: {
    case: "header names in the result of callHttp",
    azure: "as the server sent them",
    local: "in lower case",
    kind: "other",
  },
  triggerMetadata: {
    case: "triggerMetadata of an orchestrator",
    azure: "8 keys, among them instanceId and isReplaying",
    local: "empty",
    kind: "not built",
  },
} as const satisfies PlatformDifferences;
