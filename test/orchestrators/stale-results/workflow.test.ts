/** Results of calls that the history does not contain arrive at the tasks of a workflow. */
import type { WorkflowInput } from "../../../src/domain/contracts";
import {
  type ReplayEngine,
  staleAnswer,
  type StaleResult,
} from "../../support/orchestrators/replay-engine";
import {
  completedStep,
  finish,
  notifySettled,
  startWorkflow,
  toolStepDefinition,
} from "../../support/orchestrators/workflows";

const foreignChild = "o1@b~0.99n";
const staleResults: readonly (readonly [string, StaleResult])[] = [
  ["an activity", { from: "activity", result: staleAnswer }],
  ["an activity that returned null", { from: "activity", result: null }],
  [
    "another child",
    {
      from: "child",
      result: { call: foreignChild, ok: true, value: completedStep("foreign") },
    },
  ],
  ["a timer", { from: "timer" }],
];

const outputTemplate = (...ids: readonly string[]) =>
  ids.map((id) => `\${steps.${id}.output}`);

const outputs = (steps: Readonly<Record<string, unknown>>) => ({
  status: "completed",
  scope: {
    steps: Object.fromEntries(
      Object.entries(steps).map(([id, value]) => [id, { output: { value } }]),
    ),
  },
});

const openIds = (engine: ReplayEngine<WorkflowInput>) =>
  engine.openNamed("toolStep").map(({ instanceId }) => instanceId);

describe.each(staleResults)("after the result of %s", (_, stale) => {
  test("starts a single step again under another instance id and uses its answer", async () => {
    const engine = await startWorkflow([toolStepDefinition("a")]);
    expect(openIds(engine)).toEqual(["o1@a~0.0"]);
    await engine.deliverStale(0, stale);
    expect(openIds(engine)).toEqual(["o1@a~0.2n"]);
    await engine.complete("o1@a", completedStep(1));
    expect((await finish(engine)).result).toMatchObject(outputs({ a: 1 }));
    expect(engine.isDone).toBe(true);
  });

  test("starts a parallel step again, ignores the first child and uses the answer of the second", async () => {
    const engine = await startWorkflow(
      [
        toolStepDefinition("a", { needs: [] }),
        toolStepDefinition("b", { needs: [] }),
        toolStepDefinition("c", { needs: ["a"] }),
      ],
      { output: outputTemplate("a", "b", "c") },
    );
    const [first] = engine.started;
    if (first === undefined) throw new Error("The workflow started no step.");
    await engine.deliverStale(first.id, stale);
    await engine.completeAll("recordHistory", null);
    expect(openIds(engine)).toEqual(["o1@b~0.1n", "o1@a~0.3n"]);
    // The first child is still running.
    await notifySettled(engine, first);
    await engine.completeTask(first, completedStep("first child"));
    expect(openIds(engine)).toEqual(["o1@b~0.1n", "o1@a~0.3n"]);
    await notifySettled(engine, engine.task("o1@a"));
    await engine.complete("o1@a", completedStep(1));
    expect(openIds(engine)).toEqual(["o1@b~0.1n", "o1@c~0.4n"]);
    await notifySettled(engine, engine.task("o1@b"));
    await engine.complete("o1@b", completedStep(2));
    await engine.complete("o1@c", completedStep(3));
    expect((await finish(engine)).result).toMatchObject(
      outputs({ a: 1, b: 2, c: 3 }),
    );
  });

  test("starts a step again whose result arrived before it started", async () => {
    const engine = await startWorkflow(
      [toolStepDefinition("a"), toolStepDefinition("b")],
      { output: outputTemplate("a", "b") },
    );
    await engine.deliverStale(2, stale);
    await engine.complete("o1@a", completedStep(1));
    expect(openIds(engine)).toEqual(["o1@b~0.4n"]);
    await engine.complete("o1@b", completedStep(2));
    expect((await finish(engine)).result).toMatchObject(
      outputs({ a: 1, b: 2 }),
    );
  });

  test("writes the events of a record again whose result is unknown", async () => {
    const engine = await startWorkflow([toolStepDefinition("a")]);
    await engine.deliverStale(engine.task("recordHistory").id, stale);
    await engine.complete("o1@a", completedStep(1));
    expect((await finish(engine)).events.map(({ type }) => type)).toEqual([
      "orchestration.started",
      "step.started",
      "step.completed",
    ]);
  });

  test("repeats the activities that evaluate, finish and release the session", async () => {
    const ref = { $ref: "blob", bytes: 99_999, sha256: "0" };
    const queuePosition = { session: "s", position: "1" };
    const engine = await startWorkflow(
      [toolStepDefinition("a", { when: "size(input) > 3" })],
      { input: ref, queuePosition },
    );
    const repeat = async (name: string, result: unknown) => {
      await engine.deliverStale(engine.task(name).id, stale);
      await engine.complete(name, result);
    };
    await repeat("evaluateExpression", [{ value: true }]);
    await engine.complete("o1@a", completedStep(1));
    await engine.completeAll("recordHistory", null);
    await repeat("finishOrchestration", { value: 7 });
    await repeat("releaseSession", null);
    expect(engine.output).toEqual({
      status: "completed",
      output: { value: 7 },
    });
  });
});

test("ignores the event of a child that the history does not contain", async () => {
  const engine = await startWorkflow([
    toolStepDefinition("a", { needs: [] }),
    toolStepDefinition("b", { needs: [] }),
    toolStepDefinition("c", { needs: ["b"] }),
  ]);
  await engine.raise("stepSettled", { stepId: "a", child: "o1@a~0.7n" });
  await engine.raise("stepSettled", { stepId: "a" });
  await engine.completeAll("recordHistory", null);
  // The workflow would wait for `a` alone if it used the event.
  await notifySettled(engine, engine.task("o1@b"));
  await engine.complete("o1@b", completedStep(2));
  expect(openIds(engine)).toEqual(["o1@a~0.0n", "o1@c~0.3n"]);
});

test("continues when a child gets the failure of a forgotten activity", async () => {
  const engine = await startWorkflow([toolStepDefinition("a")]);
  await engine.deliverStale(0, {
    from: "failed activity",
    message: "node exited with code 1 (0x1)",
  });
  await engine.fire();
  await engine.complete("o1@a", completedStep(1));
  expect((await finish(engine)).result).toMatchObject(outputs({ a: 1 }));
});

test("gives children other ids after a resumption", async () => {
  const steps = [toolStepDefinition("a")];
  const engine = await startWorkflow(steps, { resumption: 2 });
  expect(openIds(engine)).toEqual(["o1@a~2.0"]);
});

test("fails with answer_unknown after a step was started 51 times", async () => {
  const engine = await startWorkflow([toolStepDefinition("a")]);
  for (let count = 0; count <= 50; count++)
    await engine.deliverStale(engine.task("o1@a").id, {
      from: "activity",
      result: staleAnswer,
    });
  expect((await finish(engine)).result).toMatchObject({
    status: "failed",
    error: { code: "answer_unknown" },
  });
});
