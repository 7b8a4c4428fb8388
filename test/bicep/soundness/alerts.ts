/** Whether anybody is told, and shown, what they are to be told. */
import { asText, at, listOf, type Value } from "../reader/value";
import { ofType } from "../world";
import type { Rules } from "./rule";

const alerts = "bicep/modules/alerts.bicep";

export const alertRules: Rules = {
  "somebody is told of requests that AOS refuses": {
    problems: (world) => {
      const watched = ofType(
        world.deployment("dev"),
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
    problems: (world) =>
      ofType(
        world.deployment("dev"),
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
  "an orchestration that failed is told apart from a turn that is tried again":
    {
      problems: (world) => {
        const query = world.text(
          "bicep/modules/queries/failed-orchestrations.kql",
        );
        const [, asked = ""] = /functionName == "(\w+)"/.exec(query) ?? [];
        const contracts = world.text("src/model/contracts.ts");
        return contracts.includes(`agentWorkflow = orchestrator<`) &&
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
  "queries find what the host logs, in the mode that host.json chooses": {
    problems: (world) => {
      const isOpenTelemetry =
        at(world.json("host.json") as Value, "telemetryMode") ===
        "OpenTelemetry";
      return world.paths
        .filter((path) => path.endsWith(".kql"))
        .flatMap((path) => {
          const read = [
            ...world.text(path).matchAll(/customDimensions\["([^"]+)"\]/g),
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
    problems: (world) =>
      ofType(world.deployment("dev"), "Microsoft.Insights/workbooks")
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
  "an address that is not given is nobody's in dev, and refused in production":
    {
      problems: (world) => {
        const receivers = (file: "dev" | "prod") =>
          ofType(
            world.deployment(file, { alertEmails: [""] }),
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
