import {
  hostJson,
  isBetween,
  type Row,
  parseSeconds,
  problemUnless,
} from "./row";

export const timeAndRetries: readonly Row[] = [
  {
    number: 11,
    requirement: "transient errors are retryable and permanent errors are not",
    problems: (repository) => {
      const [, list = ""] =
        /retryableCodes[^[]*\[([^\]]*)\]/.exec(
          repository.text("src/domain/errors.ts"),
        ) ?? [];
      const retryable = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
      return [
        ...["model_unavailable", "storage_unavailable"]
          .filter((name) => !retryable.includes(name))
          .map((name) => `${name} is not retryable`),
        ...["invalid_request", "model_failed", "tool_uncertain"]
          .filter((name) => retryable.includes(name))
          .map((name) => `${name} is retryable`),
      ];
    },
    violations: [
      {
        path: "src/domain/errors.ts",
        from: '  "tool_failed",\n  "output_invalid",',
        to: '  "tool_failed",\n  "tool_uncertain",\n  "output_invalid",',
      },
      {
        path: "src/domain/errors.ts",
        from: '  "model_unavailable",\n  "storage_unavailable",',
        to: '  "storage_unavailable",',
      },
    ],
  },
  {
    number: 12,
    requirement: "clients limit the number of retries",
    problems: (repository) => [
      ...problemUnless(
        isBetween(
          1,
          5,
        )(
          hostJson(
            repository,
            "extensions.serviceBus.clientRetryOptions.maxRetries",
          ),
        ),
        "host.json: the Service Bus client retries more than 5 times",
      ),
      ...problemUnless(
        /maxRetries: 0\b/.test(
          repository.text("src/models/openai/openai-model.ts"),
        ),
        "src/models/openai/openai-model.ts: the client retries",
      ),
      ...problemUnless(
        /maxTries: [1-5]\b/.test(repository.text("src/storage/clients.ts")),
        "src/storage/clients.ts: the blob client retries without limit",
      ),
    ],
    violations: [
      {
        path: "host.json",
        from: '"maxRetries": 3',
        to: '"maxRetries": 300',
      },
      {
        path: "src/models/openai/openai-model.ts",
        from: "maxRetries: 0,",
        to: "maxRetries: 5,",
      },
      {
        path: "src/storage/clients.ts",
        from: "maxTries: 3",
        to: "maxTries: 30",
      },
    ],
  },
  {
    number: 13,
    requirement:
      "functions, model calls, table requests and held responses have a time limit",
    problems: (repository) => [
      ...problemUnless(
        parseSeconds(hostJson(repository, "functionTimeout")) <= 1800,
        "host.json: functions may run for longer than 30 minutes",
      ),
      ...problemUnless(
        repository
          .text("activities/call-model.ts")
          .includes("AbortSignal.timeout(modelTimeoutMs)"),
        "activities/call-model.ts: model calls have no time limit",
      ),
      ...problemUnless(
        repository
          .text("src/storage/clients.ts")
          .includes("AbortSignal.timeout("),
        "src/storage/clients.ts: table requests have no time limit",
      ),
      // The load balancer of Azure Functions closes a request after 230 seconds.
      ...problemUnless(
        /maxWaitMs = (1?\d{1,2}|2[0-2]\d)_000/.test(
          repository.text("src/http/request-schemas.ts"),
        ),
        "src/http/request-schemas.ts: a response may be held longer than 229 seconds",
      ),
    ],
    violations: [
      {
        path: "src/http/request-schemas.ts",
        from: "maxWaitMs = 200_000",
        to: "maxWaitMs = 300_000",
      },
      {
        path: "host.json",
        from: '"functionTimeout": "00:30:00"',
        to: '"functionTimeout": "-1"',
      },
      {
        path: "src/storage/clients.ts",
        from: "AbortSignal.timeout(tableRequestTimeoutMs)",
        to: "new AbortController().signal",
      },
      {
        path: "activities/call-model.ts",
        from: "AbortSignal.timeout(modelTimeoutMs)",
        to: "new AbortController().signal",
      },
    ],
  },
  {
    number: 14,
    requirement:
      "the time limit of a model call is shorter than that of a function",
    problems: (repository) => {
      const [maximum] =
        repository
          .template("bicep/main.bicep")
          .parameters.get("modelTimeoutSeconds")
          ?.decorators.get("maxValue") ?? [];
      const limit =
        maximum?.kind === "literal" ? Number(maximum.value) : Infinity;
      return problemUnless(
        limit <
          Math.min(1800, parseSeconds(hostJson(repository, "functionTimeout"))),
        `a model call may take ${limit} seconds`,
      );
    },
    violations: [
      {
        path: "bicep/main.bicep",
        from: "@maxValue(1500)",
        to: "@maxValue(86400)",
      },
    ],
  },
];
