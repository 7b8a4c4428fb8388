/** The purpose of every value of host.json, by its path. Paths that end in `.*` cover all values below. */
export const hostJsonDescriptions = {
  version: "Schema version of the file.",
  telemetryMode:
    "Host and app write one trace. It must be at the root of the file. With OpenTelemetry `logging.applicationInsights` has no effect; sampling is configured by `OTEL_TRACES_SAMPLER`.",
  functionTimeout:
    "Longer than the longest model call (25 minutes). Orchestrations are not limited by it. Azure ends HTTP requests after 230 seconds in any case.",
  "extensionBundle.id": "The extension bundle.",
  "extensionBundle.version":
    "Versions with Durable Functions 3 and Service Bus 5.",
  "logging.logLevel.default": "Limits the volume of logs.",
  "logging.logLevel.Function": "Log events of AOS.",
  "logging.logLevel.Host.Results":
    "Results of functions. With OpenTelemetry, requests are spans and do not depend on it.",
  "logging.logLevel.Host.Aggregator":
    "Counts and durations of functions. With OpenTelemetry, not needed.",
  "logging.logLevel.Host.Triggers.DurableTask":
    "States of orchestrations, which the alerts for failed and stuck orchestrations read. They match the content, not the category, because newer versions of the extension log below `Function`.",
  "extensions.http.routePrefix": "Prefix of all routes.",
  "extensions.durableTask.hubName":
    "Prefix of the task hub's queues and tables. Another name is an empty task hub.",
  "extensions.durableTask.storageProvider.type":
    "Default backend; a setting selects the Durable Task Scheduler instead.",
  "extensions.durableTask.storageProvider.partitionCount":
    "Number of instances that can run orchestrators. Fixed once the task hub exists; at most 16.",
  "extensions.durableTask.storageProvider.maxQueuePollingInterval":
    "Longest poll interval of an idle task hub. A shorter one reacts faster after idle time and costs more transactions.",
  "extensions.durableTask.tracing.distributedTracingEnabled":
    "Spans of orchestrations and activities.",
  "extensions.durableTask.tracing.version":
    "Version of the tracing implementation.",
  "extensions.durableTask.tracing.traceInputsAndOutputs":
    "Inputs and outputs contain user data.",
  "extensions.durableTask.tracing.traceReplayEvents": "Replays are not events.",
  "extensions.durableTask.storeInputsInOrchestrationHistory":
    "Stores inputs once instead of twice.",
  "extensions.serviceBus.autoCompleteMessages":
    "A function that returns completes its message; one that throws abandons it. Functions in Node.js cannot settle messages themselves, so AOS copies messages that cannot be processed to `agent-requests-deadletter`.",
  "extensions.serviceBus.prefetchCount":
    "A message that waits in memory uses up its lock. Raise it, up to `maxConcurrentCalls`, only if starts limit the throughput.",
  "extensions.serviceBus.maxConcurrentCalls":
    "Concurrent messages per instance. The scaler adds an instance per this number of waiting messages.",
  "extensions.serviceBus.maxConcurrentSessions":
    "Concurrent sessions per instance.",
  "extensions.serviceBus.maxConcurrentCallsPerSession":
    "Keeps the order of a session's requests.",
  "extensions.serviceBus.sessionIdleTimeout":
    "An empty session is released after this time. With the default of one minute, an instance could serve only its 32 sessions per minute.",
  "extensions.serviceBus.maxAutoLockRenewalDuration":
    "Much longer than the start of an orchestration.",
  "extensions.serviceBus.clientRetryOptions.*":
    "Bridges a dropped connection. Afterwards the message is delivered again.",
};
