/** The fault mode of the hub (lost-episodes.ts). With rate 1 each episode is lost twice before it is committed. */
import {
  EntityId,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import { EventType } from "../../../../durable-task/model/history-event";
import { runOrchestrator } from "../../../../testing/run-orchestrator";
import {
  countForeignAnswers,
  expectAnswersFollowActions,
} from "../../../support/durable-task/answer-checks";
import { LossyHub } from "../../../support/durable-task/lossy-hub";

const twice = { seed: 1, rate: 1 };
const seeds = Array.from({ length: 60 }, (_, seed) => seed);

/** After a race, action 2 is an activity, a child or a timer, depending on the winner. */
function* raceThenAct({
  df,
}: OrchestrationContext): Generator<Task, unknown, unknown> {
  const tasks = [0, 1].map((key) => df.callActivity("act", { key }));
  const winner = (yield df.Task.any(tasks)) as Task;
  const next =
    winner === tasks[0]
      ? df.callActivity("act", { key: 2 })
      : df.callSubOrchestrator("child", { key: 3 }, "child");
  const answer: unknown = yield next;
  return { expected: winner === tasks[0] ? 2 : 3, answer };
}
const raceStubs = {
  activities: { act: ({ key }: { key: number }) => key },
  subOrchestrators: { child: ({ key }: { key: number }) => key },
};

async function runRace(seed: number) {
  await using lossy = new LossyHub({
    orchestrator: raceThenAct,
    lostEpisodes: { seed, rate: 0.5 },
    ...raceStubs,
  });
  await lossy.start("tested");
  await lossy.runToEnd();
  const history = lossy.hub.getHistory("tested");
  expectAnswersFollowActions(history);
  const { expected, answer } = JSON.parse(
    lossy.hub.getInstance("tested")?.output ?? "",
  ) as { readonly expected: number; readonly answer: number };
  const foreign = countForeignAnswers(history, (id) =>
    lossy.hub.getInstance(id),
  );
  return { isForeign: expected !== answer, foreign };
}

test("hands the answer of a lost action to another action with the same id, and again with the same seed", async () => {
  const outcomes = [];
  for (const seed of seeds) outcomes.push(await runRace(seed));
  const foreign = outcomes.filter(({ isForeign }) => isForeign);
  expect(foreign.length).toBeGreaterThan(2);
  expect(foreign.every((each) => each.foreign > 0)).toBe(true);
  for (const [seed, outcome] of outcomes.slice(0, 10).entries())
    expect(await runRace(seed)).toEqual(outcome);
});

test("runs every activity that a lost episode has started, and commits the episode after two losses", async () => {
  let calls = 0;
  const { output, history } = await runOrchestrator(
    function* ({ df }: OrchestrationContext) {
      let sum = 0;
      for (let step = 0; step < 10; step += 1)
        sum = (yield df.callActivity("add", sum)) as number;
      return sum;
    },
    {
      activities: {
        add: (sum: number) => {
          calls += 1;
          return sum + 1;
        },
      },
      lostEpisodes: twice,
    },
  );
  expect(output).toBe(10);
  expect(calls).toBe(30);
  expect(
    history.filter((event) => event.EventType === EventType.TaskScheduled),
  ).toHaveLength(10);
});

test("executes the entity requests of a lost episode and ignores their responses", async () => {
  await using lossy = new LossyHub({
    orchestrator: function* ({ df }: OrchestrationContext) {
      return (yield df.callEntity(
        new EntityId("counter", "a"),
        "add",
        1,
      )) as unknown;
    },
    lostEpisodes: twice,
    entities: {
      counter: ({ df }: CounterContext) => {
        df.setState((df.getState(() => 0) ?? 0) + df.getInput());
        df.return(df.getState(() => 0));
      },
    },
  });
  await lossy.start("tested");
  await lossy.runToEnd();
  expect(lossy.hub.getInstance("tested")).toMatchObject({
    status: "Completed",
    output: "3",
  });
  expect(lossy.hub.getEntity({ name: "counter", key: "a" })).toMatchObject({
    state: "3",
  });
});

interface CounterContext {
  readonly df: {
    getState(initial: () => number): number | undefined;
    setState(value: number): void;
    getInput(): number;
    return(value: unknown): void;
  };
}

test("grants a lock that a lost episode has requested before, and releases it at the end", async () => {
  const locks = [new EntityId("counter", "a"), new EntityId("counter", "b")];
  await using lossy = new LossyHub({
    orchestrator: function* ({ df }: OrchestrationContext) {
      for (let section = 0; section < 3; section += 1) {
        const lock = (yield df.lock(locks)) as unknown as { release(): void };
        yield df.callActivity("act");
        lock.release();
      }
      return "done";
    },
    lostEpisodes: twice,
    activities: { act: () => null },
    entities: { counter: () => undefined },
  });
  for (const id of ["one", "two", "three"]) await lossy.start(id);
  await lossy.runToEnd();
  for (const id of ["one", "two", "three"])
    expect(lossy.hub.getInstance(id)?.status).toBe("Completed");
  for (const key of ["a", "b"])
    expect(lossy.hub.getEntity({ name: "counter", key })?.lockedBy).toBeNull();
});

test("replaces a running instance when a child is started with its id", async () => {
  await using lossy = new LossyHub({
    orchestrator: function* ({ df }: OrchestrationContext) {
      return (yield df.callSubOrchestrator(
        "child",
        df.getInput(),
        "shared",
      )) as unknown;
    },
    lostEpisodes: { seed: 1, rate: 0 },
    subOrchestrators: {
      child: function* ({
        df,
      }: OrchestrationContext): Generator<Task, unknown, unknown> {
        const input: unknown = df.getInput();
        const event: unknown = yield df.waitForExternalEvent("go");
        return [input, event];
      },
    },
  });
  await lossy.start("first", "a");
  await lossy.runToEnd();
  await lossy.start("second", "b");
  await lossy.runToEnd();
  await lossy.raise("shared", "go", 1);
  await lossy.runToEnd();
  expect(lossy.hub.getInstance("first")?.status).toBe("Running");
  expect(lossy.hub.getInstance("second")).toMatchObject({
    status: "Completed",
    output: '["b",1]',
  });
});

test("fires the timers of lost episodes", async () => {
  const fired: string[] = [];
  const { output } = await runOrchestrator(
    function* ({ df }: OrchestrationContext) {
      const start = df.currentUtcDateTime.getTime();
      yield df.createTimer(new Date(start + 1000));
      fired.push(df.currentUtcDateTime.toISOString());
      return (yield df.callActivity("act")) as unknown;
    },
    {
      lostEpisodes: twice,
      now: new Date("2026-01-01T00:00:00.000Z"),
      activities: { act: () => "after the timer" },
    },
  );
  expect(output).toBe("after the timer");
  // The timer of the first lost episode, which is one pause earlier than the committed one.
  expect(fired.at(-1)).toBe("2026-01-01T00:00:01.000Z");
});

test("keeps messages that arrive while the instance is suspended, and ends when it is terminated", async () => {
  await using lossy = new LossyHub({
    orchestrator: function* ({ df }: OrchestrationContext) {
      const first: unknown = yield df.waitForExternalEvent("a");
      const second: unknown = yield df.waitForExternalEvent("b");
      return [first, second];
    },
    lostEpisodes: twice,
  });
  const control = (
    id: string,
    type: "ExecutionSuspended" | "ExecutionResumed",
  ) => lossy.hub.send(id, { EventType: EventType[type], Reason: "" });
  for (const id of ["resumed", "terminated"]) {
    await lossy.start(id);
    await lossy.runToEnd();
    await control(id, "ExecutionSuspended");
    await lossy.raise(id, "a", 1);
    await lossy.runToEnd();
    expect(lossy.hub.getInstance(id)?.status).toBe("Suspended");
  }
  await control("resumed", "ExecutionResumed");
  await lossy.raise("resumed", "b", 2);
  await lossy.hub.terminate("terminated", "enough");
  await lossy.runToEnd();
  expect(lossy.hub.getInstance("resumed")?.output).toBe("[1,2]");
  expect(lossy.hub.getInstance("terminated")?.status).toBe("Terminated");
});
