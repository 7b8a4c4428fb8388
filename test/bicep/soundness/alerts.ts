/** Alerts have recipients, and their queries return data. */
import { asText, at, listOf, type Value } from "../reader/value";
import { resourcesOfType } from "../repository";
import type { Rules } from "./rule";

const alerts = "bicep/modules/alerts.bicep";

export const alertRules: Rules = {
  "an alert watches the queue of rejected requests": {
    problems: (repository) => {
      const watched = resourcesOfType(
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
        : ["no alert watches agent-requests-deadletter"];
    },
    violations: [
      {
        path: alerts,
        from: "    entities: rejectedQueues\n",
        to: "    entities: allEntities\n",
      },
    ],
  },
  "the window of a log alert equals the time range of its query": {
    problems: (repository) =>
      resourcesOfType(
        repository.deployment("dev"),
        "Microsoft.Insights/scheduledQueryRules",
      ).flatMap(({ name, body }) => {
        const query = asText(at(body, "properties.criteria.allOf.0.query"));
        const range = /timestamp > ago\((\w+)\)/.exec(query)?.[1] ?? "";
        const windowSize = asText(at(body, "properties.windowSize"));
        return windows[range] === windowSize
          ? []
          : [`${name}: a query over ${range} in a window of ${windowSize}`];
      }),
    violations: [
      {
        path: alerts,
        from: "    windowSize: 'P1D'\n",
        to: "    windowSize: 'PT1H'\n",
      },
    ],
  },
  "the query for failed orchestrations reads a log event of the app": {
    problems: (repository) => {
      const query = repository.text(
        "bicep/modules/queries/failed-orchestrations.kql",
      );
      const [, event = ""] = /\\"event\\":\\"([a-z.]+)\\"/.exec(query) ?? [];
      return repository
        .text("src/telemetry/log/log-event.ts")
        .includes(
          `"${event}": ["error", "orchestrationId", "workflow", "code"]`,
        )
        ? []
        : [`no log event of failures is called "${event}"`];
    },
    violations: [
      {
        path: "bicep/modules/queries/failed-orchestrations.kql",
        from: "orchestration.failed",
        to: "orchestration.ended",
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
          const dimensions = [
            ...repository.text(path).matchAll(/customDimensions\["([^"]+)"\]/g),
          ].map(([, name = ""]) => name);
          return dimensions
            .filter((name) => name === "Category" || name.startsWith("prop__"))
            .filter(
              (name) =>
                !isOpenTelemetry ||
                !dimensions.includes(name.replace("prop__", "")) ||
                name === "Category",
            )
            .map((name) => `${path}: reads ${name} only`);
        });
    },
    violations: [
      {
        path: "bicep/modules/queries/orchestration-states.kql",
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
      resourcesOfType(
        repository.deployment("dev"),
        "Microsoft.Insights/workbooks",
      )
        .map(({ body }) => asText(at(body, "properties.serializedData")))
        .filter(
          (data) =>
            !data.includes(
              '"fallbackResourceIds":["«monitoring.appInsights»"]',
            ),
        )
        .map(() => "it opens on another resource"),
    violations: [
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
        resourcesOfType(
          repository.deployment(file, { alertEmails: [""] }),
          "Microsoft.Insights/actionGroups",
        ).flatMap(({ body }) =>
          listOf(at(body, "properties.emailReceivers")).map(
            (receiver) => `${file}: ${asText(at(receiver, "emailAddress"))}`,
          ),
        );
      const found = [...receivers("dev"), ...receivers("prod")];
      return found.join() === "prod: "
        ? []
        : ["dev has receivers, or prod has none", ...found];
    },
    violations: [
      {
        path: "bicep/main.bicep",
        from: "environmentType == 'dev' && contains(alertEmails, '') ? [] : alertEmails",
        to: "alertEmails",
      },
    ],
  },
};

/** ISO 8601 durations of alerts by the time span of a query. */
const windows: Readonly<Record<string, string>> = {
  "15m": "PT15M",
  "1h": "PT1H",
  "1d": "P1D",
};
