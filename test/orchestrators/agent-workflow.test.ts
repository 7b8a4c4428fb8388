import { agentWorkflow } from "../../orchestrators/agent-workflow";
import type {
  FinishInput,
  RecordHistoryInput,
  StepOutcome,
  WorkflowInput,
} from "../../src/domain/contracts";
import type { Json, Payload } from "../../src/domain/payload";
import { noUsage } from "../../src/domain/usage";
import type { StepDefinition } from "../../src/domain/workflow/workflow-definition";
import { ReplayEngine } from "../support/orchestrators/replay-engine";

const usage = { ...noUsage, toolCalls: 1 };
const done = (value: Json): StepOutcome => ({
  status: "completed",
  output: { value },
  usage,
});
const broken: StepOutcome = {
  status: "failed",
  error: { code: "tool_failed", message: "no paper" },
  usage,
};
const tool = (id: string, more: Partial<StepDefinition> = {}) =>
  ({ id, kind: "tool", tool: "print", ...more }) as StepDefinition;

async function begun(
  steps: readonly StepDefinition[],
  more: Partial<WorkflowInput> & { readonly output?: Json } = {},
): Promise<ReplayEngine<WorkflowInput>> {
  const { output, ...input } = more;
  const engine = new ReplayEngine<WorkflowInput>(agentWorkflow, {
    orchestrationId: "o1",
    definition: {
      name: "tested",
      version: "1",
      steps,
      ...(output !== undefined && { output }),
    },
    agents: {},
    input: { value: null },
    ...input,
  });
  await engine.start();
  return engine;
}

/** Lets all records succeed, and gives what the latest of them wrote. */
async function recorded(
  engine: ReplayEngine<WorkflowInput>,
): Promise<string[]> {
  const rows = engine
    .openNamed("recordHistory")
    .flatMap((task) => (task.input as RecordHistoryInput).rows);
  await engine.completeAll("recordHistory", null);
  return rows.map(({ type, stepId }) => `${type} ${stepId ?? ""}`.trim());
}

const childrenOf = (engine: ReplayEngine<WorkflowInput>): string[] =>
  engine.openNamed("toolStep").map(({ instanceId }) => instanceId ?? "");

async function finished(
  engine: ReplayEngine<WorkflowInput>,
  output: Payload,
): Promise<FinishInput> {
  await recorded(engine);
  const input: FinishInput = engine.task("finishOrchestration").input;
  await engine.complete("finishOrchestration", output);
  return input;
}

test("runs a single step alone, without announcement, and gives the output", async () => {
  const engine = await begun([tool("only")]);
  expect(engine.task("o1@only").input).toMatchObject({ announce: false });
  expect(await recorded(engine)).toEqual([
    "orchestration.started",
    "step.started only",
  ]);
  await engine.complete("o1@only", done("paper"));
  const finish = await finished(engine, { value: "paper" });
  expect(finish).toMatchObject({
    usage,
    result: {
      status: "completed",
      outputTemplate: "${steps.only.output}",
      scope: { steps: { only: { output: { value: "paper" } } } },
    },
  });
  expect(finish.rows.map(({ type }) => type)).toEqual(["step.completed"]);
  expect(engine.output).toEqual({ output: { value: "paper" } });
  expect(engine.isDone).toBe(true);
});

describe.each([
  ["a", "b"],
  ["b", "a"],
])("of two parallel steps, %s settles before %s", (early, late) => {
  const steps = [
    tool("a"),
    tool("b", { needs: [] }),
    tool("after_a", { needs: ["a"] }),
    tool("after_b", { needs: ["b"] }),
  ];

  test("what needs the early one does not wait for the late one", async () => {
    const engine = await begun(steps);
    await recorded(engine);
    await engine.raise("stepSettled", { stepId: early });
    await engine.complete(`o1@${early}`, done(1));
    expect(childrenOf(engine).sort()).toEqual(
      [`o1@${late}`, `o1@after_${early}`].sort(),
    );
    expect(engine.status).toMatchObject({ done: 1, total: 4 });
    await recorded(engine);
    await engine.raise("stepSettled", late);
    await engine.complete(`o1@${late}`, done(2));
    await recorded(engine);
    await engine.complete(`o1@after_${late}`, done(3));
    await engine.raise("stepSettled", `after_${late}`);
    await engine.complete(`o1@after_${early}`, done(4));
    await finished(engine, { value: 0 });
    expect(engine.isDone).toBe(true);
  });
});

test("survives announcements that are repeated, foreign, or come while nobody waits for them", async () => {
  const engine = await begun([
    tool("a"),
    tool("b", { needs: [] }),
    tool("c", { needs: [] }),
    tool("d", { needs: ["a"] }),
  ]);
  await engine.raise("stepSettled", 17);
  await engine.raise("stepSettled", { stepId: "a" });
  // The workflow now waits for `a` alone.
  await engine.raise("stepSettled", { stepId: "b" });
  await engine.raise("stepSettled", { stepId: "a" });
  await engine.complete("o1@b", done(1));
  await engine.complete("o1@a", done(1));
  await recorded(engine);
  expect(childrenOf(engine).sort()).toEqual(["o1@c", "o1@d"]);
  await engine.complete("o1@d", done(1));
  await engine.raise("stepSettled", { stepId: "d" });
  await engine.complete("o1@c", done(1));
  await finished(engine, { value: 0 });
  expect(engine.isDone).toBe(true);
});

test("runs the items of a map up to its bound and lists their outputs in order", async () => {
  const engine = await begun(
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
  await recorded(engine);
  expect(childrenOf(engine)).toEqual(["o1@read.0", "o1@read.1"]);
  expect(engine.task("o1@read.1").input).toMatchObject({
    scope: { variables: { doc: { value: "y" } } },
  });
  await engine.raise("stepSettled", "read.1");
  await engine.complete("o1@read.1", done("Y"));
  expect(childrenOf(engine)).toEqual(["o1@read.0", "o1@read.2"]);
  await recorded(engine);
  await engine.raise("stepSettled", "read.2");
  await engine.complete("o1@read.2", done("Z"));
  await recorded(engine);
  await engine.complete("o1@read.0", done("X"));
  const { result } = await finished(engine, { value: 0 });
  expect(result).toMatchObject({
    scope: { steps: { read: { output: { value: ["X", "Y", "Z"] } } } },
  });
});

test("asks an activity for what an expression needs from outside of history", async () => {
  const ref = { $ref: "blob", bytes: 99_999, sha256: "0" };
  const engine = await begun([tool("a", { when: "size(input) > 3" })], {
    input: ref,
  });
  expect(engine.task("evaluateExpression").input).toMatchObject({
    expression: "size(input) > 3",
    scope: { input: ref },
  });
  await engine.complete("evaluateExpression", [{ value: true }]);
  expect(childrenOf(engine)).toEqual(["o1@a"]);
});

test("fails when a step fails, without what needs it, after what does not", async () => {
  const engine = await begun([tool("a"), tool("b"), tool("c", { needs: [] })]);
  await recorded(engine);
  await engine.raise("stepSettled", "a");
  await engine.complete("o1@a", broken);
  expect(await recorded(engine)).toEqual(["step.failed a", "step.skipped b"]);
  await engine.complete("o1@c", done(1));
  const { result } = await finished(engine, { value: null });
  const message = 'Step "a" failed: no paper';
  expect(result).toEqual({
    status: "failed",
    error: { code: "tool_failed", message },
  });
  expect(engine.failure).toBe(message);
});

test("goes on with the fallback of a step that failed, past one whose condition is false", async () => {
  const engine = await begun([
    tool("a", { onError: { fallback: 7 } }),
    tool("b", { when: "steps.a.output != 7" }),
    tool("c"),
  ]);
  await recorded(engine);
  await engine.complete("o1@a", broken);
  expect(await recorded(engine)).toEqual([
    "step.failed a",
    "step.skipped b",
    "step.started c",
  ]);
});

test("fails when the output cannot be made", async () => {
  const engine = await begun([tool("a")], { output: "${1 / 0}" });
  await recorded(engine);
  await engine.complete("o1@a", done(1));
  await recorded(engine);
  await engine.fail("finishOrchestration", "expression_failed", "by zero");
  expect(engine.task("finishOrchestration").input).toMatchObject({
    result: { status: "failed", error: { code: "expression_failed" } },
  });
  await engine.complete("finishOrchestration", { value: null });
  expect(engine.failure).toBe("by zero");
});

test("writes rows again at the end when their record failed", async () => {
  const engine = await begun([tool("a")]);
  await engine.fail("recordHistory", "storage_unavailable", "away");
  await engine.complete("o1@a", done(1));
  const input: FinishInput = engine.task("finishOrchestration").input;
  expect(input.rows.map(({ type }) => type)).toEqual([
    "orchestration.started",
    "step.started",
    "step.completed",
  ]);
});
