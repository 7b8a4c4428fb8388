import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import type { DurableClient } from "durable-functions";
import { finishOrchestration } from "../../../src/orchestrations/end/finish-orchestration";
import { recordHistory } from "../../../activities/record-history";
import { createEvent } from "../../../src/domain/history/create-event";
import { noUsage } from "../../../src/domain/usage";
import { startTelemetryProvider } from "../../../src/telemetry/export/telemetry-provider";
import { reconcileWithHub } from "../../../src/orchestrations/end/reconcile";
import { startIfAbandoned } from "../../../src/orchestrations/start/claim-and-start";
import { newOrchestrationId } from "../../contracts/storage.contract";
import { createEventLog } from "../../support/telemetry/event-log";
import { fakeTaskHub } from "../../support/orchestrations/fake-task-hub";
import { newWorkflowClaim } from "../../support/orchestrations/workflow-claim";
import { useAzuriteStorage } from "../../support/storage/azurite-storage";

const storage = useAzuriteStorage();
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({
  exporter,
  exportIntervalMillis: 3_600_000,
});
const provider = startTelemetryProvider("counting", [], [reader]);
afterAll(() => provider.close(1_000));

/** Reads the data points of a metric that have the attribute value. */
async function readDataPoints(
  metric: string,
  attribute: string,
  value: string,
) {
  await reader.forceFlush();
  const latest = exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
  return latest
    .flatMap(({ metrics }) => metrics)
    .filter(({ descriptor }) => descriptor.name === metric)
    .flatMap(({ dataPoints }) =>
      dataPoints.map((point) => ({
        value: point.value,
        attributes: point.attributes,
      })),
    )
    .filter(({ attributes }) => attributes[attribute] === value);
}

const at = "2026-01-01T00:00:00.000Z";
const dependencies = { storage, messaging: () => undefined };

async function createClaim(workflow: string): Promise<string> {
  const id = newOrchestrationId();
  await storage().orchestrations.claim(newWorkflowClaim(id, { workflow }));
  return id;
}

/** Runs the work three times concurrently, then once more. */
const runRepeatedly = async (work: () => Promise<unknown>): Promise<void> => {
  await Promise.all([work(), work(), work()]);
  await work();
};

test("finishOrchestration counts and logs a failure once for repeated calls", async () => {
  const orchestrationId = await createClaim("failing");
  const { log, events } = createEventLog();
  await runRepeatedly(() =>
    finishOrchestration(dependencies)(
      {
        orchestrationId,
        startedAt: at,
        at,
        events: [],
        usage: noUsage,
        metadata: { workflow: "failing", version: "1", tags: {} },
        result: {
          status: "failed",
          error: { code: "tool_failed", message: "secret-text" },
        },
      },
      log,
    ),
  );
  expect(
    await readDataPoints(
      "aos.orchestration.failures",
      "aos.workflow.name",
      "failing",
    ),
  ).toEqual([
    {
      value: 1,
      attributes: {
        "aos.workflow.name": "failing",
        "error.type": "tool_failed",
      },
    },
  ]);
  expect(events).toEqual([
    {
      level: "error",
      event: "orchestration.failed",
      orchestrationId,
      workflow: "failing",
      code: "tool_failed",
    },
  ]);
});

test("reconcileWithHub counts and logs a failure in the hub once for repeated calls", async () => {
  const id = await createClaim("broken");
  const hub = {
    ...fakeTaskHub(),
    getStatus: () =>
      Promise.resolve({
        runtimeStatus: "Failed",
        output: "secret-text",
        lastUpdatedTime: new Date(at),
      }),
  } as unknown as DurableClient;
  const claim = await storage().orchestrations.find(id);
  const { log, events } = createEventLog();
  await runRepeatedly(async () => {
    if (claim !== undefined)
      await reconcileWithHub(claim, {
        ...dependencies,
        storage: storage(),
        hub,
        now: () => new Date(),
        by: "http",
        log,
      });
  });
  expect(
    await readDataPoints(
      "aos.orchestration.failures",
      "aos.workflow.name",
      "broken",
    ),
  ).toMatchObject([
    { value: 1, attributes: { "error.type": "internal_error" } },
  ]);
  expect(events.map(({ event }) => event)).toEqual(["orchestration.failed"]);
});

test("recordHistory counts a turn and logs a failed step once for repeated calls", async () => {
  const orchestrationId = await createClaim("turning");
  const { log, events } = createEventLog();
  const rows = ["a", "b"].map((stepId) =>
    createEvent({
      type: stepId === "a" ? "step.completed" : "step.failed",
      at,
      stepId,
      attempt: 1,
      data: {
        agent: "counted",
        startedAt: at,
        usage: { ...noUsage },
        ...(stepId === "b" && {
          error: { code: "model_failed", message: "m" },
        }),
      },
    }),
  );
  await runRepeatedly(() =>
    recordHistory(dependencies)({ orchestrationId, events: rows }, log),
  );
  const turns = await readDataPoints(
    "aos.turns",
    "gen_ai.agent.name",
    "counted",
  );
  expect(turns).toEqual([
    { value: 1, attributes: { "gen_ai.agent.name": "counted" } },
    {
      value: 1,
      attributes: {
        "gen_ai.agent.name": "counted",
        "error.type": "model_failed",
      },
    },
  ]);
  expect(events).toEqual([
    {
      level: "warn",
      event: "step.failed",
      orchestrationId,
      stepId: "b",
      agent: "counted",
      code: "model_failed",
    },
  ]);
});

test("startIfAbandoned takes over, starts and counts a claim once for concurrent calls", async () => {
  const id = await createClaim("taken");
  const claim = await storage().orchestrations.find(id);
  const start = await storage().payloads.put(id, {
    orchestrationId: id,
    definition: { name: "taken", version: "1", steps: [] },
    agents: {},
    input: { value: null },
  });
  const { log, events } = createEventLog();
  const hub = fakeTaskHub();
  const context = {
    storage: storage(),
    hub: hub as unknown as DurableClient,
    now: () => new Date(),
    by: "message",
    log,
  } as const;
  await runRepeatedly(async () => {
    if (claim !== undefined)
      await startIfAbandoned({ ...claim, start }, context);
  });
  expect(hub.started).toEqual([id]);
  const attributes = { "aos.start.by": "message" };
  expect(
    await readDataPoints("aos.claim.takeovers", "aos.start.by", "message"),
  ).toEqual([
    {
      value: 1,
      attributes: {
        ...attributes,
        "aos.claim.takeover.reason": "starter_died",
      },
    },
  ]);
  expect(
    await readDataPoints("aos.orchestration.starts", "aos.start.by", "message"),
  ).toEqual([
    { value: 1, attributes: { ...attributes, "aos.workflow.name": "taken" } },
  ]);
  expect(events.map(({ event }) => event)).toEqual([
    "claim.taken_over",
    "orchestration.started",
  ]);
});
