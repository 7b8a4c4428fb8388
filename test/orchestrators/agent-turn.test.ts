import { noUsage } from "../../src/domain/usage";
import { startToolStep, startTurn } from "../support/orchestrators/steps";

/** The answer of a step whose instance id is `o1`. */
const stepAnswer = (value: object) => ({ call: "o1", ok: true, value });
const modelUsage = { ...noUsage, modelCalls: 1, inputTokens: 5 };
const toolUsage = { ...noUsage, toolCalls: 1 };

describe("toolStep", () => {
  test("retries tool_failed after a recorded delay of 2 s with the same idempotency key", async () => {
    const engine = await startToolStep();
    const { idempotencyKey } = engine.task("callTool").input as {
      idempotencyKey: string;
    };
    await engine.fail("callTool", "tool_failed", "no paper");
    expect(engine.task("recordHistory").input).toMatchObject({
      events: [{ type: "step.retried", attempt: 2, data: { delayMs: 2_000 } }],
    });
    await engine.complete("recordHistory", null);
    await engine.fire();
    expect(engine.task("callTool").input).toMatchObject({
      attempt: 2,
      idempotencyKey,
    });
    await engine.complete("callTool", {
      output: { value: "ok" },
      usage: toolUsage,
    });
    expect(engine.output).toEqual(
      stepAnswer({
        status: "completed",
        output: { value: "ok" },
        usage: toolUsage,
      }),
    );
  });

  test("fails without a retry after tool_input_invalid", async () => {
    const engine = await startToolStep();
    await engine.fail("callTool", "tool_input_invalid", "no text");
    expect(engine.output).toMatchObject(
      stepAnswer({
        status: "failed",
        error: { code: "tool_input_invalid", message: "no text" },
      }),
    );
  });

  test("fails with step_timeout at its deadline and notifies the workflow", async () => {
    const deadline = "2026-01-01T00:10:00.000Z";
    const engine = await startToolStep({ deadline, notifiesWorkflow: true });
    await engine.fire();
    await engine.complete("notifyStepSettled", null);
    expect(engine.output).toMatchObject(
      stepAnswer({ error: { code: "step_timeout" } }),
    );
  });

  test("retries the notification of the workflow until it succeeds", async () => {
    const engine = await startToolStep({ notifiesWorkflow: true });
    await engine.complete("callTool", { usage: toolUsage });
    await engine.fail("notifyStepSettled", "internal_error", "hub unavailable");
    await engine.fire();
    await engine.complete("notifyStepSettled", null);
    expect(engine.isDone).toBe(true);
  });
});

describe("agentTurn", () => {
  test("calls the tools of a round concurrently until the model answers, then reports the usage to the session", async () => {
    const engine = await startTurn();
    expect(engine.task("callModel").input).toMatchObject({
      round: 0,
      turn: { turn: 4, concurrentTurns: [3], sessionKey: "k" },
    });
    const toolCalls = ["c1", "c2"].map((id) => ({ id, name: "look" }));
    await engine.complete("callModel", { toolCalls, usage: modelUsage });
    expect(
      engine
        .openNamed("callTool")
        .map(
          ({ input }) => (input as { idempotencyKey: string }).idempotencyKey,
        ),
    ).toEqual(["o1/s/4/c1", "o1/s/4/c2"]);
    await engine.completeAll("callTool", { usage: toolUsage });
    expect(engine.task("callModel").input).toMatchObject({ round: 1 });
    const output = { value: "an answer" };
    await engine.complete("callModel", {
      toolCalls: [],
      output,
      usage: modelUsage,
    });
    const usage = {
      inputTokens: 10,
      outputTokens: 0,
      modelCalls: 2,
      toolCalls: 2,
    };
    expect(engine.task("entity").action).toMatchObject({
      operation: "complete",
      input: { turnKey: "o1/s", usage },
    });
    await engine.complete("entity", null);
    expect(engine.output).toEqual(
      stepAnswer({ status: "completed", output, usage }),
    );
  });

  test("retries only the tool call that failed", async () => {
    const engine = await startTurn({ deadline: "2026-01-01T01:00:00.000Z" });
    const toolCalls = ["c1", "c2"].map((id) => ({ id, name: "look" }));
    await engine.complete("callModel", { toolCalls, usage: modelUsage });
    const [failing] = engine.openNamed("callTool");
    await engine.failTask(failing, "tool_failed", "no network");
    await engine.complete("callTool", { usage: toolUsage });
    await engine.complete("recordHistory", null);
    await engine.fire();
    expect(engine.task("callTool").input).toMatchObject({
      attempt: 2,
      call: { callId: "c1" },
    });
  });

  test("fails with too_many_rounds after maxRounds model calls and completes the turn of the session", async () => {
    const agent = { name: "a", instructions: "", maxRounds: 1 };
    const engine = await startTurn({ agent });
    const toolCalls = [{ id: "c", name: "look" }];
    await engine.complete("callModel", { toolCalls, usage: modelUsage });
    await engine.complete("callTool", { usage: toolUsage });
    await engine.complete("entity", null);
    expect(engine.output).toMatchObject(
      stepAnswer({ error: { code: "too_many_rounds" } }),
    );
  });
});
