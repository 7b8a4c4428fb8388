import type {
  FinishInput,
  RecordHistoryInput,
  StepOutcome,
  WorkflowInput,
} from "../../src/domain/contracts";
import type { Payload } from "../../src/domain/payload";
import { noUsage } from "../../src/domain/usage";
import type { ReplayEngine } from "../support/orchestrators/replay-engine";
import {
  completedStep as completed,
  notifySettled,
  startWorkflow,
  toolStepDefinition as toolStep,
} from "../support/orchestrators/workflows";

const usage = { ...noUsage, toolCalls: 1 };
const failed: StepOutcome = {
  status: "failed",
  error: { code: "tool_failed", message: "no paper" },
  usage,
};
/** Completes the open recordHistory activities and returns the events that they wrote. */
async function completeRecords(
  engine: ReplayEngine<WorkflowInput>,
): Promise<string[]> {
  const events = engine
    .openNamed("recordHistory")
    .flatMap((task) => (task.input as RecordHistoryInput).events);
  await engine.completeAll("recordHistory", null);
  return events.map(({ type, stepId }) => `${type} ${stepId ?? ""}`.trim());
}

const openSteps = (engine: ReplayEngine<WorkflowInput>): string[] =>
  engine
    .openNamed("toolStep")
    .map(({ instanceId = "" }) => instanceId.replace(/~.*/, ""));

const notify = (
  engine: ReplayEngine<WorkflowInput>,
  stepId: string,
): Promise<void> => notifySettled(engine, engine.task(`o1@${stepId}`));

/** Completes the activity that ends the workflow and returns its input. */
async function finish(
  engine: ReplayEngine<WorkflowInput>,
  output: Payload,
): Promise<FinishInput> {
  await completeRecords(engine);
  const input: FinishInput = engine.task("finishOrchestration").input;
  await engine.complete("finishOrchestration", output);
  return input;
}

test("runs a single step without a notification and returns its output", async () => {
  const engine = await startWorkflow([toolStep("only")]);
  expect(engine.task("o1@only").input).toMatchObject({
    notifiesWorkflow: false,
  });
  expect(await completeRecords(engine)).toEqual([
    "orchestration.started",
    "step.started only",
  ]);
  await engine.complete("o1@only", completed("paper"));
  const input = await finish(engine, { value: "paper" });
  expect(input).toMatchObject({
    usage,
    result: {
      status: "completed",
      outputTemplate: "${steps.only.output}",
      scope: { steps: { only: { output: { value: "paper" } } } },
    },
  });
  expect(input.events.map(({ type }) => type)).toEqual(["step.completed"]);
  expect(engine.output).toEqual({
    status: "completed",
    output: { value: "paper" },
  });
  expect(engine.isDone).toBe(true);
});

describe.each([
  ["a", "b"],
  ["b", "a"],
])("when the parallel step %s settles before %s", (first, second) => {
  const steps = [
    toolStep("a"),
    toolStep("b", { needs: [] }),
    toolStep("after_a", { needs: ["a"] }),
    toolStep("after_b", { needs: ["b"] }),
  ];

  test("starts the dependents of the first without waiting for the second", async () => {
    const engine = await startWorkflow(steps);
    await completeRecords(engine);
    await notify(engine, first);
    await engine.complete(`o1@${first}`, completed(1));
    expect(openSteps(engine).sort()).toEqual(
      [`o1@${second}`, `o1@after_${first}`].sort(),
    );
    expect(engine.status).toMatchObject({ done: 1, total: 4 });
    await completeRecords(engine);
    await notify(engine, second);
    await engine.complete(`o1@${second}`, completed(2));
    await completeRecords(engine);
    const late = engine.task(`o1@after_${second}`);
    await engine.complete(`o1@after_${second}`, completed(3));
    await notifySettled(engine, late);
    await engine.complete(`o1@after_${first}`, completed(4));
    await finish(engine, { value: 0 });
    expect(engine.isDone).toBe(true);
  });
});

test("tolerates repeated, invalid and early stepSettled events", async () => {
  const engine = await startWorkflow([
    toolStep("a"),
    toolStep("b", { needs: [] }),
    toolStep("c", { needs: [] }),
    toolStep("d", { needs: ["a"] }),
  ]);
  await engine.raise("stepSettled", 17);
  await notify(engine, "a");
  // The workflow now waits only for `a`.
  await notify(engine, "b");
  await notify(engine, "a");
  await engine.complete("o1@b", completed(1));
  await engine.complete("o1@a", completed(1));
  await completeRecords(engine);
  expect(openSteps(engine).sort()).toEqual(["o1@c", "o1@d"]);
  await notify(engine, "d");
  await engine.complete("o1@d", completed(1));
  await engine.complete("o1@c", completed(1));
  await finish(engine, { value: 0 });
  expect(engine.isDone).toBe(true);
});

test("runs at most maxParallel items of a map and returns their outputs in item order", async () => {
  const engine = await startWorkflow(
    [
      {
        id: "read",
        kind: "map",
        over: "${input}",
        as: "doc",
        maxParallel: 2,
        step: { kind: "tool", tool: "print", input: "${doc}" },
      },
    ],
    { input: { value: ["x", "y", "z"] } },
  );
  await completeRecords(engine);
  expect(openSteps(engine)).toEqual(["o1@read.0", "o1@read.1"]);
  expect(engine.task("o1@read.1").input).toMatchObject({
    scope: { variables: { doc: { value: "y" } } },
  });
  await notify(engine, "read.1");
  await engine.complete("o1@read.1", completed("Y"));
  expect(openSteps(engine)).toEqual(["o1@read.0", "o1@read.2"]);
  await completeRecords(engine);
  await notify(engine, "read.2");
  await engine.complete("o1@read.2", completed("Z"));
  await completeRecords(engine);
  await engine.complete("o1@read.0", completed("X"));
  const { result } = await finish(engine, { value: 0 });
  expect(result).toMatchObject({
    scope: { steps: { read: { output: { value: ["X", "Y", "Z"] } } } },
  });
});

test("evaluates an expression in an activity if its scope contains a payload reference", async () => {
  const ref = { $ref: "blob", bytes: 99_999, sha256: "0" };
  const engine = await startWorkflow(
    [toolStep("a", { when: "size(input) > 3" })],
    {
      input: ref,
    },
  );
  expect(engine.task("evaluateExpression").input).toMatchObject({
    expression: "size(input) > 3",
    scope: { input: ref },
  });
  await engine.complete("evaluateExpression", [{ value: true }]);
  expect(openSteps(engine)).toEqual(["o1@a"]);
});

test("skips the dependents of a failed step, completes the other steps, then returns the failure", async () => {
  const engine = await startWorkflow([
    toolStep("a"),
    toolStep("b"),
    toolStep("c", { needs: [] }),
  ]);
  await completeRecords(engine);
  await notify(engine, "a");
  await engine.complete("o1@a", failed);
  expect(await completeRecords(engine)).toEqual([
    "step.failed a",
    "step.skipped b",
  ]);
  await engine.complete("o1@c", completed(1));
  const { result } = await finish(engine, { value: null });
  const message = 'Step "a" failed: no paper';
  const failure = { status: "failed", error: { code: "tool_failed", message } };
  expect(result).toEqual(failure);
  expect(engine.output).toEqual(failure);
  expect(engine.isDone).toBe(true);
});

test("continues with the fallback of a failed step and skips a step whose condition is false", async () => {
  const engine = await startWorkflow([
    toolStep("a", { onError: { fallback: 7 } }),
    toolStep("b", { when: "steps.a.output != 7" }),
    toolStep("c"),
  ]);
  await completeRecords(engine);
  await engine.complete("o1@a", failed);
  expect(await completeRecords(engine)).toEqual([
    "step.failed a",
    "step.skipped b",
    "step.started c",
  ]);
});

test("fails with expression_failed if the output template cannot be rendered", async () => {
  const engine = await startWorkflow([toolStep("a")], { output: "${1 / 0}" });
  await completeRecords(engine);
  await engine.complete("o1@a", completed(1));
  await completeRecords(engine);
  await engine.fail("finishOrchestration", "expression_failed", "by zero");
  expect(engine.task("finishOrchestration").input).toMatchObject({
    result: { status: "failed", error: { code: "expression_failed" } },
  });
  await engine.complete("finishOrchestration", { value: null });
  expect(engine.output).toEqual({
    status: "failed",
    error: { code: "expression_failed", message: "by zero" },
  });
});

test("fails in the task hub only if the failure cannot be recorded", async () => {
  const engine = await startWorkflow([toolStep("a")]);
  await completeRecords(engine);
  await engine.complete("o1@a", failed);
  await completeRecords(engine);
  await engine.fail("finishOrchestration", "internal_error", "no row");
  expect(engine.failure).toBe(
    'Step "a" failed: no paper The failure could not be recorded: no row',
  );
});

test.each([
  ["2026-01-01T00:00:00.000Z", ["orchestration.resumed"]],
  [undefined, ["orchestration.started", "orchestration.resumed"]],
])(
  "records the resumption after a failure of the platform, and the start if no earlier run recorded it: %s",
  async (startedAt, expected) => {
    const error = { code: "platform_failed", message: "restarted" };
    const resumedAfter = {
      error,
      ...(startedAt !== undefined && { startedAt }),
    };
    const engine = await startWorkflow([toolStep("a")], {
      resumption: 2,
      resumedAfter,
    });
    const { events, resumption } = engine.task("recordHistory")
      .input as RecordHistoryInput;
    expect(resumption).toBe(2);
    expect(events.map(({ type }) => type)).toEqual([
      ...expected,
      "step.started",
    ]);
    expect(events.at(-2)?.data).toEqual({ resumption: 2, error });
    await completeRecords(engine);
    await engine.complete("o1@a", completed(1));
    const input = await finish(engine, { value: 1 });
    expect(input.resumption).toBe(2);
    if (startedAt !== undefined) expect(input.startedAt).toBe(startedAt);
  },
);

test("writes events in the last activity if recording them failed", async () => {
  const engine = await startWorkflow([toolStep("a")]);
  await engine.fail("recordHistory", "storage_unavailable", "no network");
  await engine.complete("o1@a", completed(1));
  const input: FinishInput = engine.task("finishOrchestration").input;
  expect(input.events.map(({ type }) => type)).toEqual([
    "orchestration.started",
    "step.started",
    "step.completed",
  ]);
});
