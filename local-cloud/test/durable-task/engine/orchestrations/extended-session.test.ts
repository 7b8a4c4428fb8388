import { InvocationContext } from "@azure/functions";
import type { OrchestrationContext, Task } from "durable-functions";
import { ExtendedSession } from "../../../../durable-task/engine/orchestrations/extended-session";
import { ExecutionHistory } from "../../../../durable-task/replay/execution-history";
import {
  EventType,
  type HistoryEvent,
} from "../../../../durable-task/model/history-event";
import { Replayer } from "../../../../durable-task/replay/replayer";
import { createOrchestrator } from "../../../../testing/durable-functions-internals";
import { testLimits } from "../../../support/durable-task/pure-hub";

const Timestamp = "2026-01-01T00:00:00.000Z";
const stamped = (event: object) => ({ ...event, Timestamp }) as HistoryEvent;
const episode = (...events: object[]): readonly HistoryEvent[] =>
  [{ EventType: EventType.OrchestratorStarted }, ...events].map(stamped);
const scheduled = (EventId: number) =>
  stamped({ EventType: EventType.TaskScheduled, EventId, Name: "act" });

type Run = (context: OrchestrationContext) => Generator<Task, unknown, unknown>;

/** A function that has been run over its first episode, in which it asked for its first activity. */
async function started(run: Run) {
  const first = episode({ EventType: EventType.ExecutionStarted });
  const context = new InvocationContext({
    options: { trigger: { type: "orchestrationTrigger", name: "context" } },
  }) as InvocationContext & { df: Record<string, unknown> };
  const trigger = {
    history: [...structuredClone(first)],
    input: null,
    instanceId: "tested",
    isReplaying: false,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
  };
  await createOrchestrator(run)(trigger, context);
  const history = ExecutionHistory.from([...first, scheduled(0)]);
  const kept = { context, resume: <Result>(work: () => Result) => work() };
  const session = (given = kept): ExtendedSession | undefined =>
    ExtendedSession.create(
      given,
      first.length,
      new Replayer(history, testLimits),
    );
  return { context, history, kept, session };
}

const completed = (TaskScheduledId: number, result: unknown) => ({
  EventType: EventType.TaskCompleted,
  TaskScheduledId,
  Result: JSON.stringify(result),
});
const failed = (Properties: unknown) => ({
  EventType: EventType.TaskFailed,
  TaskScheduledId: 0,
  Reason: "",
  Details: "",
  FailureDetails: {
    ErrorType: "Error",
    ErrorMessage: "no",
    StackTrace: null,
    IsNonRetriable: false,
    Properties,
    InnerFailure: null,
  },
});

describe("an executor of another shape", () => {
  test.each(["actions", "_isReplaying", "processEvent", "isDoneExecuting"])(
    "without %s gives no session",
    async (member) => {
      const { context, session } = await started(twice);
      expect(session()).toBeDefined();
      const executor = context.df["taskOrchestratorExecutor"] as object;
      Object.defineProperty(executor, member, { value: undefined });
      expect(session()).toBeUndefined();
    },
  );

  test("is none at all, and gives no session either", async () => {
    const { kept, session } = await started(twice);
    for (const context of [undefined, {}, { df: {} }, { df: null }])
      expect(
        session({ ...kept, context } as unknown as typeof kept),
      ).toBeUndefined();
    expect(ExtendedSession.create(undefined, 0, walker())).toBeUndefined();
  });
});

const walker = () => new Replayer(new ExecutionHistory(), testLimits);

function* twice({ df }: OrchestrationContext) {
  const first: unknown = yield df.callActivity("act");
  df.setCustomStatus({ first });
  yield df.callActivity("act", first);
  return "end";
}

describe("a session", () => {
  test("goes on from where the function stands", async () => {
    const { history, session } = await started(twice);
    const state = session()?.advance(
      history.events,
      episode(completed(0, "a")),
    );
    expect(state).toMatchObject({
      isDone: false,
      actions: [[{ functionName: "act" }, { input: '"a"' }]],
      customStatus: { first: "a" },
    });
  });

  test("ends with the function, whose end it does not tell", async () => {
    const { history, session } = await started(twice);
    const open = session();
    const second = episode(completed(0, "a"));
    open?.advance(history.events, second);
    history.append([...second, scheduled(1)]);
    expect(
      open?.advance(history.events, episode(completed(1, "b"))),
    ).toBeUndefined();
  });

  test("ends at an event that the library cannot read", async () => {
    const { history, session } = await started(twice);
    const unreadable = { ...completed(0, ""), Result: "{" };
    expect(
      session()?.advance(history.events, episode(unreadable)),
    ).toBeUndefined();
  });

  test("tells of no status that is falsy, as the library does", async () => {
    const { history, session } = await started(function* ({ df }) {
      yield df.callActivity("act");
      df.setCustomStatus(0);
      yield df.callActivity("act");
    });
    const state = session()?.advance(
      history.events,
      episode(completed(0, "a")),
    );
    expect(state).not.toHaveProperty("customStatus");
  });

  test("gives the function a failure's properties as a replay does, and as its own", async () => {
    let properties: Record<string, unknown> = {};
    const { history, session } = await started(function* ({ df }) {
      try {
        yield df.callActivity("act");
      } catch (error) {
        const { failureDetails } = error as {
          failureDetails: { properties: typeof properties };
        };
        properties = failureDetails.properties;
        properties["changed"] = true;
      }
      yield df.callActivity("act");
    });
    const arrived = episode(failed({ Timestamp, code: 1 }));
    session()?.advance(history.events, arrived);
    expect(properties).toEqual({
      Timestamp: new Date(Timestamp),
      code: 1,
      changed: true,
    });
    expect(arrived[1]).toMatchObject(failed({ Timestamp, code: 1 }));
  });
});
