/** The task hub reports that the Functions host could not run an activity or a child. */
import type {
  FinishInput,
  RecordHistoryInput,
} from "../../src/domain/contracts";
import { noUsage } from "../../src/domain/usage";
import { startToolStep, startTurn } from "../support/orchestrators/steps";
import {
  completedStep,
  finish,
  startWorkflow,
  toolStepDefinition,
} from "../support/orchestrators/workflows";

const messages = [
  "Activity function 'callTool' failed: node exited with code 1 (0x1)",
  "Did not find any initialized language workers",
  "Timeout value of 00:05:00 was exceeded by function: Functions.callTool",
] as const;
const [workerDied] = messages;
const retryOnce = { maxAttempts: 1, firstDelayMs: 1, backoff: 1 };
const usage = { ...noUsage, toolCalls: 1 };

/** Fails the open tool call and returns the delay before the next one. */
async function failToolCall(
  engine: Awaited<ReturnType<typeof startToolStep>>,
  message: string,
): Promise<number> {
  await engine.failByPlatform("callTool", message);
  const { events }: RecordHistoryInput = engine.task("recordHistory").input;
  await engine.completeAll("recordHistory", null);
  await engine.fire();
  return Number(events[0]?.data?.["delayMs"]);
}

test.each(messages)(
  "toolStep retries after '%s', whatever its own policy",
  async (message) => {
    const engine = await startToolStep({ retry: retryOnce });
    const delays: number[] = [];
    for (let count = 0; count < 4; count++)
      delays.push(await failToolCall(engine, message));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000]);
    await engine.complete("callTool", { output: { value: "ok" }, usage });
    expect(engine.output).toMatchObject({ value: { status: "completed" } });
  },
);

test("toolStep treats every failure of an activity that the hub reports as the platform's", async () => {
  const engine = await startToolStep({ retry: retryOnce });
  await failToolCall(engine, "Something else.");
  await engine.complete("callTool", { output: { value: "ok" }, usage });
  expect(engine.output).toMatchObject({ value: { status: "completed" } });
});

test("toolStep with a tool that ends the worker process each time fails after eight attempts in two minutes", async () => {
  const engine = await startToolStep();
  let total = 0;
  for (let count = 0; count < 7; count++)
    total += await failToolCall(engine, workerDied);
  await engine.failByPlatform("callTool", workerDied);
  expect(total).toBe(123_000);
  expect(engine.output).toMatchObject({
    value: {
      status: "failed",
      error: {
        code: "platform_failed",
        message:
          'The Functions host could not run the activity "callTool": node exited with code 1 (0x1)',
      },
    },
  });
});

test("toolStep keeps the number of attempts of the step", async () => {
  const engine = await startToolStep();
  await failToolCall(engine, workerDied);
  await engine.fail("callTool", "tool_failed", "no paper");
  await engine.completeAll("recordHistory", null);
  await engine.fire();
  await engine.fail("callTool", "tool_failed", "no paper");
  await engine.completeAll("recordHistory", null);
  await engine.fire();
  // The third attempt of the policy.
  await engine.fail("callTool", "tool_failed", "no paper");
  expect(engine.output).toMatchObject({
    value: { error: { code: "tool_failed" } },
  });
});

test("toolStep does not retry beyond its deadline", async () => {
  const deadline = "2026-01-01T00:00:02.000Z";
  const engine = await startToolStep({ deadline });
  await failToolCall(engine, workerDied);
  await engine.failByPlatform("callTool", workerDied);
  expect(engine.output).toMatchObject({
    value: {
      error: {
        code: "step_timeout",
        message: expect.stringContaining("node exited with code 1") as string,
      },
    },
  });
});

test("agentTurn repeats a model call", async () => {
  const engine = await startTurn();
  await engine.failByPlatform("callModel", workerDied);
  await engine.completeAll("recordHistory", null);
  await engine.fire();
  const output = { value: "an answer" };
  await engine.complete("callModel", { toolCalls: [], output, usage });
  await engine.complete("entity", null);
  expect(engine.output).toMatchObject({ value: { status: "completed" } });
});

describe("agentWorkflow", () => {
  test("starts a child again under another instance id after a delay, and records the retry", async () => {
    const engine = await startWorkflow([toolStepDefinition("a")]);
    await engine.completeAll("recordHistory", null);
    await engine.failByPlatform("o1@a", workerDied);
    expect(engine.openNamed("toolStep")).toEqual([]);
    await engine.fire();
    expect(engine.task("o1@a").instanceId).toBe("o1@a~0.3n");
    const { events }: RecordHistoryInput = engine.task("recordHistory").input;
    expect(events).toMatchObject([
      {
        type: "step.retried",
        stepId: "a",
        attempt: 2,
        data: { delayMs: 1_000, error: { code: "platform_failed" } },
      },
    ]);
    await engine.complete("o1@a", completedStep(1));
    const { result }: FinishInput = await finish(engine);
    expect(result.status).toBe("completed");
  });

  test("fails with platform_failed after the eighth child", async () => {
    const engine = await startWorkflow([toolStepDefinition("a")]);
    for (let count = 0; count < 7; count++) {
      await engine.failByPlatform("o1@a", workerDied);
      await engine.fire();
    }
    await engine.failByPlatform("o1@a", workerDied);
    expect((await finish(engine)).result).toMatchObject({
      status: "failed",
      error: { code: "platform_failed" },
    });
  });

  test("does not start a child again after another failure", async () => {
    const engine = await startWorkflow([toolStepDefinition("a")]);
    await engine.failByPlatform("o1@a", "terminated by an operator");
    expect((await finish(engine)).result).toMatchObject({
      status: "failed",
      error: { code: "internal_error" },
    });
  });
});
