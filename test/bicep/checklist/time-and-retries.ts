import { hostJson, isBetween, type Row, seconds, unless } from "./row";

export const timeAndRetries: readonly Row[] = [
  {
    number: 11,
    requirement: "what may succeed later is told apart from what never will",
    problems: (world) => {
      const [, list = ""] =
        /retryableCodes[^[]*\[([^\]]*)\]/.exec(world.text("src/errors.ts")) ??
        [];
      const retryable = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
      return [
        ...["model_unavailable", "storage_unavailable"]
          .filter((name) => !retryable.includes(name))
          .map((name) => `${name} is not tried again`),
        ...["invalid_request", "model_failed", "tool_uncertain"]
          .filter((name) => retryable.includes(name))
          .map((name) => `${name} is tried again`),
      ];
    },
    breaking: [
      {
        path: "src/errors.ts",
        from: '  "tool_failed",\n  "output_invalid",',
        to: '  "tool_failed",\n  "tool_uncertain",\n  "output_invalid",',
      },
      {
        path: "src/errors.ts",
        from: '  "model_unavailable",\n  "storage_unavailable",',
        to: '  "storage_unavailable",',
      },
    ],
  },
  {
    number: 12,
    requirement: "clients try again a bounded number of times",
    problems: (world) => [
      ...unless(
        isBetween(
          1,
          5,
        )(
          hostJson(
            world,
            "extensions.serviceBus.clientRetryOptions.maxRetries",
          ),
        ),
        "host.json: the Service Bus client tries too often",
      ),
      ...unless(
        /maxRetries: 0\b/.test(world.text("src/agents/openai-model.ts")),
        "src/agents/openai-model.ts: the client tries again by itself",
      ),
      ...unless(
        /maxTries: [1-5]\b/.test(world.text("src/history/clients.ts")),
        "src/history/clients.ts: the client of blobs tries without bound",
      ),
    ],
    breaking: [
      {
        path: "host.json",
        from: '"maxRetries": 3',
        to: '"maxRetries": 300',
      },
      {
        path: "src/agents/openai-model.ts",
        from: "maxRetries: 0,",
        to: "maxRetries: 5,",
      },
      {
        path: "src/history/clients.ts",
        from: "maxTries: 3",
        to: "maxTries: 30",
      },
    ],
  },
  {
    number: 13,
    requirement: "everything has a time limit",
    problems: (world) => [
      ...unless(
        seconds(hostJson(world, "functionTimeout")) <= 1800,
        "host.json: functions may run for longer than 30 minutes",
      ),
      ...unless(
        world.text("src/agents/openai-model.ts").includes("timeout: timeoutMs"),
        "src/agents/openai-model.ts: calls of the model have no limit",
      ),
      ...unless(
        world.text("src/history/clients.ts").includes("AbortSignal.timeout("),
        "src/history/clients.ts: requests to tables have no limit",
      ),
      // The front end of Azure gives up after 230 seconds.
      ...unless(
        /maxWaitMs = (1?\d{1,2}|2[0-2]\d)_000/.test(
          world.text("src/triggers/http/schemas.ts"),
        ),
        "src/triggers/http/schemas.ts: an answer may be held for longer than Azure waits",
      ),
    ],
    breaking: [
      {
        path: "src/triggers/http/schemas.ts",
        from: "maxWaitMs = 200_000",
        to: "maxWaitMs = 300_000",
      },
      {
        path: "host.json",
        from: '"functionTimeout": "00:30:00"',
        to: '"functionTimeout": "-1"',
      },
      {
        path: "src/history/clients.ts",
        from: "AbortSignal.timeout(requestMs)",
        to: "new AbortController().signal",
      },
      {
        path: "src/agents/openai-model.ts",
        from: "timeout: timeoutMs,",
        to: "",
      },
    ],
  },
  {
    number: 14,
    requirement: "no activity may run for longer than a function",
    problems: (world) => {
      const [most] =
        world
          .template("bicep/main.bicep")
          .parameters.get("modelTimeoutSeconds")
          ?.decorators.get("maxValue") ?? [];
      const limit = most?.kind === "literal" ? Number(most.value) : Infinity;
      return unless(
        limit < Math.min(1800, seconds(hostJson(world, "functionTimeout"))),
        `a call of the model may take ${limit} seconds`,
      );
    },
    breaking: [
      {
        path: "bicep/main.bicep",
        from: "@maxValue(1500)",
        to: "@maxValue(86400)",
      },
    ],
  },
];
