/** Alerts have recipients, and their queries return data. */
import { asText, at, listOf, type Value } from "../reader/value";
import { ofType } from "../repository";
import type { Rules } from "./rule";

const alerts = "bicep/modules/alerts.bicep";

export const alertRules: Rules = {
  "an alert reports requests that AOS rejects": {
    problems: (repository) => {
      const watched = ofType(
        repository.deployment("dev"),
        "Microsoft.Insights/metricAlerts",
      ).flatMap(({ body }) => {
        const criterion = at(body, "properties.criteria.allOf.0");
        return at(criterion, "metricName") === "ActiveMessages" &&
          at(criterion, "threshold") === 0
          ? listOf(at(criterion, "dimensions.0.values")).map(asText)
          : [];
      });
      return watched.includes("agent-requests-deadletter")
        ? []
        : ["nothing watches agent-requests-deadletter"];
    },
    breaking: [
      {
        path: alerts,
        from: "    entities: rejectedQueues\n",
        to: "    entities: allEntities\n",
      },
    ],
  },
  "alerts of logs look at no less than their queries do": {
    problems: (repository) =>
      ofType(
        repository.deployment("dev"),
        "Microsoft.Insights/scheduledQueryRules",
      ).flatMap(({ name, body }) => {
        const query = asText(at(body, "properties.criteria.allOf.0.query"));
        const looksBack = /timestamp > ago\((\w+)\)/.exec(query)?.[1] ?? "";
        const windowSize = asText(at(body, "properties.windowSize"));
        return windows[looksBack] === windowSize
          ? []
          : [`${name}: ${looksBack} in ${windowSize}`];
      }),
    breaking: [
      {
        path: alerts,
        from: "    windowSize: 'P1D'\n",
        to: "    windowSize: 'PT1H'\n",
      },
    ],
  },
  "a failed orchestration is distinguished from a turn that is retried": {
    problems: (repository) => {
      const query = repository.text(
        "bicep/modules/queries/failed-orchestrations.kql",
      );
      const [, asked = ""] = /functionName == "(\w+)"/.exec(query) ?? [];
      const contracts = repository.text("src/domain/contracts.ts");
      return /agentWorkflow\w* = orchestrator</.test(contracts) &&
        contracts.includes(`>("${asked}")`)
        ? []
        : [`nothing is called ${asked}`];
    },
    breaking: [
      {
        path: "bicep/modules/queries/failed-orchestrations.kql",
        from: ' and functionName == "agentWorkflow"',
        to: "",
      },
    ],
  },
  "queries match the log format of the mode in host.json": {
    problems: (repository) => {
      const isOpenTelemetry =
        at(repository.json("host.json") as Value, "telemetryMode") ===
        "OpenTelemetry";
      return repository.paths
        .filter((path) => path.endsWith(".kql"))
        .flatMap((path) => {
          const read = [
            ...repository.text(path).matchAll(/customDimensions\["([^"]+)"\]/g),
          ].map(([, name = ""]) => name);
          return read
            .filter((name) => name === "Category" || name.startsWith("prop__"))
            .filter(
              (name) =>
                !isOpenTelemetry ||
                !read.includes(name.replace("prop__", "")) ||
                name === "Category",
            )
            .map((name) => `${path}: only ${name}`);
        });
    },
    breaking: [
      {
        path: "bicep/modules/queries/failed-orchestrations.kql",
        from: 'tostring(customDimensions["state"])',
        to: '""',
      },
      {
        path: "bicep/modules/queries/stuck-orchestrations.kql",
        from: "| where isnotempty(hub)",
        to: '| where customDimensions["Category"] == "Host.Triggers.DurableTask" and isnotempty(hub)',
      },
    ],
  },
  "the workbook opens on the component whose data it shows": {
    problems: (repository) =>
      ofType(repository.deployment("dev"), "Microsoft.Insights/workbooks")
        .map(({ body }) => asText(at(body, "properties.serializedData")))
        .filter(
          (data) =>
            !data.includes(
              '"fallbackResourceIds":["«monitoring.appInsights»"]',
            ),
        )
        .map(() => "it opens on nothing"),
    breaking: [
      {
        path: "bicep/modules/workbook.json",
        from: '"<component>"',
        to: '"Azure Monitor"',
      },
    ],
  },
  "a missing alert address is omitted in dev and rejected in production": {
    problems: (repository) => {
      const receivers = (file: "dev" | "prod") =>
        ofType(
          repository.deployment(file, { alertEmails: [""] }),
          "Microsoft.Insights/actionGroups",
        ).flatMap(({ body }) =>
          listOf(at(body, "properties.emailReceivers")).map(
            (receiver) => `${file}: ${asText(at(receiver, "emailAddress"))}`,
          ),
        );
      const found = [...receivers("dev"), ...receivers("prod")];
      return found.join() === "prod: " ? [] : ["it is somebody's", ...found];
    },
    breaking: [
      {
        path: "bicep/main.bicep",
        from: "environmentType == 'dev' && contains(alertEmails, '') ? [] : alertEmails",
        to: "alertEmails",
      },
    ],
  },
};

/** Spans of a query, as alerts write them. */
const windows: Readonly<Record<string, string>> = {
  "15m": "PT15M",
  "1h": "PT1H",
  "1d": "P1D",
};
