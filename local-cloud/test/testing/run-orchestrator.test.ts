import { RetryOptions, EntityId } from "durable-functions";
import type {
  EntityContext,
  OrchestrationContext,
  Task,
} from "durable-functions";
import { runOrchestrator } from "../../testing";

function* greetAll({ df }: OrchestrationContext) {
  const names = df.getInput<readonly string[]>();
  return (yield df.Task.all(
    names.map((name) => df.callActivity("greet", name)),
  )) as unknown;
}

test("gives the result of an orchestrator whose activities are functions", async () => {
  const { runtimeStatus, output } = await runOrchestrator(greetAll, {
    input: ["Ada", "42"],
    activities: { greet: (name: string) => Promise.resolve(`Hello ${name}`) },
  });
  expect({ runtimeStatus, output }).toEqual({
    runtimeStatus: "Completed",
    output: ["Hello Ada", "Hello 42"],
  });
});

test("lets timers pass at once, in the time of the orchestration", async () => {
  const now = new Date("2028-02-28T12:00:00Z");
  const { output } = await runOrchestrator(
    function* ({ df }) {
      const due = new Date(df.currentUtcDateTime);
      due.setUTCMonth(1, 29);
      yield df.createTimer(due);
      return df.currentUtcDateTime;
    },
    { now },
  );
  expect(output).toBe("2028-02-29T12:00:00.000Z");
});

test("tries an activity again after the times of its retry options", async () => {
  const tries: string[] = [];
  const retry = new RetryOptions(60_000, 3);
  const { output } = await runOrchestrator(
    function* ({ df }) {
      yield df.callActivityWithRetry("flaky", retry);
      return df.currentUtcDateTime;
    },
    {
      now: new Date(0),
      activities: {
        flaky: () => {
          tries.push("try");
          if (tries.length < 3) throw new Error("not yet");
        },
      },
    },
  );
  expect(tries).toHaveLength(3);
  expect(output).toBe("1970-01-01T00:02:00.000Z");
});

test("says how an orchestrator failed", async () => {
  const { runtimeStatus, output } = await runOrchestrator(
    function* ({ df }) {
      yield df.callActivity("pay");
    },
    {
      activities: {
        pay: () => {
          throw new Error("the card is blocked");
        },
      },
    },
  );
  expect(runtimeStatus).toBe("Failed");
  expect(output).toMatch("the card is blocked");
});

function* approval({
  df,
}: OrchestrationContext): Generator<Task, unknown, unknown> {
  const due = new Date(df.currentUtcDateTime.getTime() + 3 * 86_400_000);
  const tooLate = df.createTimer(due);
  const answer = df.waitForExternalEvent("approved");
  if ((yield df.Task.any([answer, tooLate])) === tooLate) return "too late";
  tooLate.cancel();
  return answer.result;
}

test("raises events when they are due", async () => {
  const soon = { name: "approved", data: "by Ada", after: "2 days" } as const;
  const late = { ...soon, after: "4 days" } as const;
  const run = (event: typeof soon | typeof late) =>
    runOrchestrator(approval, { events: [event] });
  expect(await run(soon)).toMatchObject({ output: "by Ada" });
  expect(await run(late)).toMatchObject({ output: "too late" });
});

test("refuses an orchestration that waits for what never comes", async () => {
  await expect(
    runOrchestrator(function* ({ df }) {
      yield df.waitForExternalEvent("approved");
    }),
  ).rejects.toMatchObject({ code: "orchestration_waits" });
});

test("refuses an orchestration that goes on for ever", async () => {
  await expect(
    runOrchestrator(
      function* ({ df }) {
        const day = df.currentUtcDateTime.getTime() + 86_400_000;
        yield df.createTimer(new Date(day));
        df.continueAsNew(undefined);
      },
      { within: "1 week" },
    ),
  ).rejects.toMatchObject({ code: "orchestration_endless" });
});

test("runs other orchestrators, functions in their place, and entities", async () => {
  const { runtimeStatus, output } = await runOrchestrator(
    function* ({ df }: OrchestrationContext) {
      const sum = (yield df.callSubOrchestrator("sum", [1, 2])) as number;
      const doubled = (yield df.callSubOrchestrator("double", sum)) as number;
      const account = new EntityId("account", "1");
      df.signalEntity(account, "deposit", doubled);
      return (yield df.callEntity(account, "balance")) as unknown;
    },
    {
      activities: { add: ([a, b]: [number, number]) => a + b },
      subOrchestrators: {
        sum: function* ({ df }: OrchestrationContext) {
          return (yield df.callActivity("add", df.getInput())) as unknown;
        },
        double: (number: number) => Promise.resolve(2 * number),
      },
      entities: {
        account: ({ df }: EntityContext<number>) => {
          if (df.operationName === "deposit")
            df.setState((df.getState() ?? 0) + (df.getInput<number>() ?? 0));
          df.return(df.getState());
        },
      },
    },
  );
  expect({ runtimeStatus, output }).toEqual({
    runtimeStatus: "Completed",
    output: 6,
  });
});

test("tells two functions of one name", async () => {
  await expect(
    runOrchestrator(greetAll, {
      activities: { greet: () => "" },
      entities: { Greet: () => undefined },
    }),
  ).rejects.toMatchObject({ code: "function_ambiguous" });
});
