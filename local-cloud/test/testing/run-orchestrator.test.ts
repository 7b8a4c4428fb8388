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

test("returns the output of an orchestrator whose activities are stubs", async () => {
  const { runtimeStatus, output } = await runOrchestrator(greetAll, {
    input: ["Ada", "42"],
    activities: { greet: (name: string) => Promise.resolve(`Hello ${name}`) },
  });
  expect({ runtimeStatus, output }).toEqual({
    runtimeStatus: "Completed",
    output: ["Hello Ada", "Hello 42"],
  });
});

test("fires a timer without waiting and advances currentUtcDateTime to its due time", async () => {
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

test("retries an activity after the intervals of its retry options", async () => {
  let attempts = 0;
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
          attempts += 1;
          if (attempts < 3) throw new Error("not yet");
        },
      },
    },
  );
  expect(attempts).toBe(3);
  expect(output).toBe("1970-01-01T00:02:00.000Z");
});

test("returns Failed with the message of the error when an activity throws", async () => {
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

/** Waits three days for the approval. */
function* approval({
  df,
}: OrchestrationContext): Generator<Task, unknown, unknown> {
  const due = new Date(df.currentUtcDateTime.getTime() + 3 * 86_400_000);
  const deadline = df.createTimer(due);
  const approved = df.waitForExternalEvent("approved");
  if ((yield df.Task.any([approved, deadline])) === deadline) return "too late";
  deadline.cancel();
  return approved.result;
}

test("raises an event after its `after`, before or after a timer of the orchestrator", async () => {
  const approveAfter = (after: "2 days" | "4 days") =>
    runOrchestrator(approval, {
      events: [{ name: "approved", data: "by Ada", after }],
    });
  expect(await approveAfter("2 days")).toMatchObject({ output: "by Ada" });
  expect(await approveAfter("4 days")).toMatchObject({ output: "too late" });
});

test("rejects an orchestration that waits for an event that is never raised with orchestration_waits", async () => {
  await expect(
    runOrchestrator(function* ({ df }) {
      yield df.waitForExternalEvent("approved");
    }),
  ).rejects.toMatchObject({ code: "orchestration_waits" });
});

test("rejects an orchestration that has not ended within the limit with orchestration_endless", async () => {
  await expect(
    runOrchestrator(
      function* ({ df }) {
        const tomorrow = df.currentUtcDateTime.getTime() + 86_400_000;
        yield df.createTimer(new Date(tomorrow));
        df.continueAsNew(undefined);
      },
      { within: "1 week" },
    ),
  ).rejects.toMatchObject({ code: "orchestration_endless" });
});

test("runs sub-orchestrators, function stubs of sub-orchestrators, and entities", async () => {
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

test("rejects an activity and an entity whose names differ only in case with function_ambiguous", async () => {
  await expect(
    runOrchestrator(greetAll, {
      activities: { greet: () => "" },
      entities: { Greet: () => undefined },
    }),
  ).rejects.toMatchObject({ code: "function_ambiguous" });
});
