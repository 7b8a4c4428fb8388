/** Results of calls that the history does not contain arrive at the tasks of a step. */
import { noUsage } from "../../../src/domain/usage";
import {
  staleAnswer,
  type StaleResult,
} from "../../support/orchestrators/replay-engine";
import {
  beginTurn,
  startToolStep,
  startTurn,
} from "../../support/orchestrators/steps";

const usage = { ...noUsage, toolCalls: 1 };
const output = { value: "ok" };
const completed = { ok: true, value: { status: "completed", output } };
const toolCalls = [{ id: "c1", name: "look" }];

const staleResults: readonly (readonly [string, StaleResult])[] = [
  ["another activity", { from: "activity", result: staleAnswer }],
  ["an activity that returned null", { from: "activity", result: null }],
  [
    "a child",
    { from: "child", result: { call: "o1@b~0.14n", ok: true, value: {} } },
  ],
  ["a timer", { from: "timer" }],
];

describe.each(staleResults)("after the result of %s", (_, stale) => {
  test("toolStep calls its tool again, as the same attempt and without a delay", async () => {
    const engine = await startToolStep();
    const [first] = engine.started;
    await engine.deliverStale(0, stale);
    const again = engine.task("callTool");
    expect(again).toMatchObject({ id: 1, call: first?.call });
    expect(again.input).toEqual(first?.input);
    await engine.complete("callTool", { output, usage });
    expect(engine.output).toMatchObject(completed);
  });

  test("toolStep calls its tool again if the result arrived before the call", async () => {
    const engine = await startToolStep();
    // The retry takes the numbers 1 and 2.
    await engine.deliverStale(3, stale);
    await engine.fail("callTool", "tool_failed", "no paper");
    await engine.complete("recordHistory", null);
    await engine.fire();
    expect(engine.task("callTool")).toMatchObject({
      id: 4,
      input: { attempt: 2 },
    });
    await engine.complete("callTool", { output, usage });
    expect(engine.output).toMatchObject(completed);
  });

  test("toolStep notifies the workflow again", async () => {
    const engine = await startToolStep({ notifiesWorkflow: true });
    await engine.complete("callTool", { output, usage });
    await engine.deliverStale(1, stale);
    expect(engine.isDone).toBe(false);
    await engine.complete("notifyStepSettled", null);
    expect(engine.output).toMatchObject(completed);
  });

  test("agentTurn calls its model and its tool again, then completes", async () => {
    const engine = await startTurn();
    await engine.deliverStale(1, stale);
    await engine.complete("callModel", { toolCalls, usage });
    await engine.deliverStale(3, stale);
    await engine.complete("callTool", { usage });
    await engine.complete("callModel", { toolCalls: [], output, usage });
    await engine.complete("entity", null);
    expect(engine.output).toMatchObject(completed);
    expect(engine.started.map(({ name }) => name)).toEqual(
      "entity callModel callModel callTool callTool callModel entity".split(
        " ",
      ),
    );
  });
});

describe.each(staleResults.filter(([, { from }]) => from !== "timer"))(
  "after the result of %s",
  (_, stale) => {
    test("toolStep waits again for its retry delay", async () => {
      const engine = await startToolStep();
      await engine.fail("callTool", "tool_failed", "no paper");
      const { action, id } = engine.task("timer");
      await engine.deliverStale(id, stale);
      await engine.complete("recordHistory", null);
      expect(engine.openNamed("callTool")).toEqual([]);
      expect(engine.task("timer").action.fireAt).toEqual(action.fireAt);
      await engine.fire();
      expect(engine.task("callTool").input).toMatchObject({ attempt: 2 });
    });

    test.each([
      ["completes before its deadline", 0, completed],
      [
        "fails after its deadline",
        700_000,
        { value: { error: { code: "step_timeout" } } },
      ],
    ])(
      "toolStep %s although its deadline ended early",
      async (_title, ms, expected) => {
        const deadline = "2026-01-01T00:10:00.000Z";
        const engine = await startToolStep({ deadline });
        await engine.deliverStale(engine.task("timer").id, stale);
        expect(engine.isDone).toBe(false);
        engine.advance(ms);
        await engine.complete("callTool", { output, usage });
        expect(engine.output).toMatchObject(expected);
      },
    );
  },
);

test("toolStep restarts a timer that fires before its time", async () => {
  const engine = await startToolStep();
  await engine.fail("callTool", "tool_failed", "no paper");
  await engine.complete("recordHistory", null);
  await engine.deliverStale(engine.task("timer").id, { from: "timer" });
  expect(engine.openNamed("callTool")).toEqual([]);
  await engine.fire();
  expect(engine.task("callTool").input).toMatchObject({ attempt: 2 });
});

test("agentTurn does not use the answer of an earlier round for a model call", async () => {
  const engine = await startTurn();
  const [, first] = engine.started;
  await engine.complete("callModel", { toolCalls, usage });
  await engine.complete("callTool", { usage });
  await engine.deliverStale(engine.task("callModel").id, {
    from: "activity",
    result: {
      call: first?.call,
      ok: true,
      value: { toolCalls: [], output: { value: "early" }, usage },
    },
  });
  expect(engine.task("callModel").input).toMatchObject({ round: 1 });
});

test.each([
  ["another turn", { call: "agentSession/begin/o1%2Ft", ok: true, value: {} }],
  ["no call", { turn: 1, concurrentTurns: [] }],
])(
  "agentTurn begins its turn again after the session's answer for %s",
  async (_, response) => {
    const engine = await beginTurn();
    await engine.respond(engine.task("entity"), response);
    expect(engine.task("entity").action).toMatchObject({ operation: "begin" });
    await engine.complete("entity", { turn: 4, concurrentTurns: [] });
    expect(engine.task("callModel").input).toMatchObject({ turn: { turn: 4 } });
  },
);

test("toolStep fails with answer_unknown after 51 results of other calls", async () => {
  const engine = await startToolStep();
  for (let id = 0; id <= 50; id++)
    await engine.deliverStale(id, { from: "activity", result: staleAnswer });
  expect(engine.output).toMatchObject({
    value: { status: "failed", error: { code: "answer_unknown" } },
  });
});
