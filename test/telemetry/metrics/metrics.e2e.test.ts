import { createTemporaryFolder } from "../../../local-cloud/test/support/cli/cloud-process";
import {
  type Histogram,
  sumValues,
  withHistogramCount,
  withHistogramSum,
} from "../../support/telemetry/observed-host";
import {
  type ObservedPipeline,
  startObservedPipeline,
} from "../../support/telemetry/observed-pipeline";
import {
  expectedChatAttributes,
  failingToolStep,
  readerStep,
  refusedPrompt,
  truncatedPrompt,
} from "../../support/telemetry/reader-chat";

const folder = createTemporaryFolder();
let pipeline: ObservedPipeline;
beforeAll(async () => {
  pipeline = await startObservedPipeline(folder);
  await pipeline.runStep("reading", readerStep("read"));
  await pipeline.runStep("refused", readerStep(refusedPrompt));
  await pipeline.runStep("wrong", failingToolStep);
  await pipeline.runStep("long", readerStep(truncatedPrompt));
  await pipeline.sweepAbandonedClaim("left-behind");
  await pipeline.runSession(["first", "second"], "wrong-message");
  // The host exports metrics when it stops.
  await pipeline.host.stop();
}, 180_000);
afterAll(() => pipeline.stop());
const chatAttributes = () => expectedChatAttributes(pipeline.chatUrl);

describe("exported metrics", () => {
  test("count starts by starter and failures by error code", () => {
    const starts = pipeline.readMetric("aos.orchestration.starts");
    const byHttp = ["reading", "refused", "wrong", "long"].map((workflow) => ({
      "aos.workflow.name": workflow,
      "aos.start.by": "http",
      value: 1,
    }));
    expect(starts).toEqual(expect.arrayContaining(byHttp));
    const startedBySweeper = {
      "aos.workflow.name": "echo",
      "aos.start.by": "sweeper",
    };
    expect(starts).toContainEqual({ ...startedBySweeper, value: 1 });
    expect(sumValues(starts)).toBe(7);
    const failures = [
      ["refused", "model_failed"],
      ["wrong", "tool_input_invalid"],
      ["long", "model_failed"],
    ];
    expect(pipeline.readMetric("aos.orchestration.failures")).toEqual(
      failures.map(([workflow, code]) => ({
        "aos.workflow.name": workflow,
        "error.type": code,
        value: 1,
      })),
    );
  });

  test("count takeovers by reason", () => {
    const takeovers = pipeline.readMetric("aos.claim.takeovers");
    const withReason = (reason: string) =>
      takeovers.filter((point) =>
        JSON.stringify(point).includes(
          `"aos.claim.takeover.reason":"${reason}"`,
        ),
      );
    expect(withReason("starter_died")).toEqual([
      {
        "aos.claim.takeover.reason": "starter_died",
        "aos.start.by": "sweeper",
        value: 1,
      },
    ]);
    expect(sumValues(withReason("turn_came"))).toBe(2);
    expect(sumValues(takeovers)).toBe(3);
  });

  test("count turns and record token usage and durations", () => {
    expect(pipeline.readMetric("aos.turns")).toEqual([
      { "gen_ai.agent.name": "reader", value: 1 },
      { "gen_ai.agent.name": "reader", "error.type": "model_failed", value: 2 },
    ]);
    const attributes = {
      ...chatAttributes(),
      "gen_ai.response.model": "test-model-2026",
    };
    expect(
      pipeline.readMetric("gen_ai.client.token.usage").map(withHistogramSum),
    ).toEqual([
      { ...attributes, "gen_ai.token.type": "input", value: 36 },
      { ...attributes, "gen_ai.token.type": "output", value: 15 },
    ]);
    expect(
      pipeline
        .readMetric("gen_ai.client.operation.duration")
        .map(withHistogramCount),
    ).toEqual([
      { ...chatAttributes(), value: 2 },
      { ...chatAttributes(), "error.type": "model_failed", value: 2 },
    ]);
    const tool = { "gen_ai.tool.name": "readDocument" };
    expect(
      pipeline.readMetric("aos.tool.duration").map(withHistogramCount),
    ).toEqual([
      { ...tool, value: 1 },
      { ...tool, "error.type": "tool_input_invalid", value: 1 },
    ]);
    const [duration] = pipeline.readMetric("aos.tool.duration");
    const { sum, buckets } = duration?.value as Histogram;
    expect(sum > 0 && sum < 10).toBe(true);
    expect(buckets.boundaries.slice(0, 3)).toEqual([0.01, 0.02, 0.04]);
  });
});
