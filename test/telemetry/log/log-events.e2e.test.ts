import { createTemporaryFolder } from "../../../local-cloud/test/support/cli/cloud-process";
import { pollUntil } from "../../support/http/api-client";
import { expectedLogEvent } from "../../support/telemetry/observed-host";
import {
  type ObservedPipeline,
  startObservedPipeline,
} from "../../support/telemetry/observed-pipeline";
import {
  failingToolStep,
  leakedSecret,
  readerStep,
  refusedPrompt,
} from "../../support/telemetry/reader-chat";

const folder = createTemporaryFolder();
let pipeline: ObservedPipeline;
beforeAll(async () => {
  pipeline = await startObservedPipeline(folder);
});
afterAll(() => pipeline.stop());

test("a refused model call logs its code, and secrets of the provider are redacted", async () => {
  await pipeline.runStep("refused", readerStep(refusedPrompt));
  // The host logs the message of a thrown error.
  expect(pipeline.host.output()).toContain("api_key=[redacted]");
  expect(pipeline.host.output()).not.toContain(leakedSecret);
  expect((await pipeline.waitForEnd("refused")).error?.message).not.toContain(
    leakedSecret,
  );
  const code = "model_failed";
  const fields = { stepId: "s", code };
  expect(pipeline.readLogEventsOf("refused")).toEqual([
    expectedLogEvent("refused", "orchestration.started", {
      workflow: "refused",
      by: "http",
    }),
    expectedLogEvent("refused", "model.failed", { ...fields, attempt: 1 }),
    expectedLogEvent("refused", "step.failed", { ...fields, agent: "reader" }),
    expectedLogEvent("refused", "orchestration.failed", {
      workflow: "refused",
      code,
    }),
  ]);
});

test("a failed tool call logs tool.failed with its idempotency key", async () => {
  await pipeline.runStep("wrong", failingToolStep);
  expect(pipeline.readLogEventsOf("wrong")).toContainEqual(
    expectedLogEvent("wrong", "tool.failed", {
      stepId: "s",
      tool: "readDocument",
      idempotencyKey: "wrong/s",
      attempt: 1,
      code: "tool_input_invalid",
    }),
  );
});

test("the sweeper logs claim.taken_over for an abandoned claim", async () => {
  const id = "left-behind";
  await pipeline.sweepAbandonedClaim(id);
  const by = "sweeper";
  const workflow = "echo";
  expect(pipeline.readLogEventsOf(id)).toEqual([
    expectedLogEvent(id, "claim.taken_over", { reason: "starter_died", by }),
    expectedLogEvent(id, "orchestration.started", { workflow, by }),
    expectedLogEvent(id, "orchestration.completed", { workflow }),
  ]);
});

test("rejected requests and sent responses are logged", async () => {
  await pipeline.runSession(["first", "second"], "wrong-message");
  expect(
    pipeline
      .readLogEvents()
      .filter(({ event }) => event === "message.rejected"),
  ).toEqual([
    {
      event: "message.rejected",
      messageId: "wrong-message",
      queue: "agent-session-requests",
      code: "invalid_request",
    },
  ]);
  await pollUntil(
    () => Promise.resolve(pipeline.readLogEventsOf("second")),
    (events) => events.length > 2,
  );
  expect(pipeline.readLogEventsOf("second")).toContainEqual(
    expectedLogEvent("second", "response.sent", {
      messageId: "second:response",
      queue: "agent-responses",
    }),
  );
});
