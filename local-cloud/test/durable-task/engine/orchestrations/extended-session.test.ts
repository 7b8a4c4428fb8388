import { InvocationContext } from "@azure/functions";
import type { OrchestrationContext, Task } from "durable-functions";
import { ExtendedSession } from "../../../../durable-task/engine/orchestrations/extended-session";
import { ReplayFlag } from "../../../../durable-task/engine/orchestrations/replay-flag";
import { ExecutionHistory } from "../../../../durable-task/replay/execution-history";
import {
  EventType,
  type HistoryEvent,
} from "../../../../durable-task/model/history-event";
import { Replayer } from "../../../../durable-task/replay/replayer";
import { createOrchestrator } from "../../../../testing/durable-functions-internals";
import { testLimits } from "../../../support/durable-task/replay-limits";

const Timestamp = "2026-01-01T00:00:00.000Z";
const withTimestamp = (event: object) =>
  ({ ...event, Timestamp }) as HistoryEvent;
const episode = (...events: object[]): readonly HistoryEvent[] =>
  [{ EventType: EventType.OrchestratorStarted }, ...events].map(withTimestamp);
const scheduled = (EventId: number) =>
  withTimestamp({ EventType: EventType.TaskScheduled, EventId, Name: "act" });

type Orchestration = (
  context: OrchestrationContext,
) => Generator<Task, unknown, unknown>;

/** Runs an orchestrator over its first episode, in which it schedules its first activity. */
async function runFirstEpisode(orchestration: Orchestration) {
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
  const replayFlag = new ReplayFlag();
  replayFlag.watch(context);
  await createOrchestrator(orchestration)(trigger, context);
  const history = ExecutionHistory.from([...first, scheduled(0)]);
  const invocation = {
    context,
    resume: <Result>(work: () => Result) => work(),
  };
  const createSession = (resumable = invocation): ExtendedSession | undefined =>
    ExtendedSession.create(
      resumable,
      first.length,
      new Replayer(history, testLimits),
      replayFlag,
    );
  return { context, history, invocation, createSession };
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

describe("ExtendedSession.create", () => {
  test.each(["actions", "_isReplaying", "processEvent", "isDoneExecuting"])(
    "returns undefined for an executor without %s",
    async (member) => {
      const { context, createSession } = await runFirstEpisode(callTwice);
      expect(createSession()).toBeDefined();
      const executor = context.df["taskOrchestratorExecutor"] as object;
      Object.defineProperty(executor, member, { value: undefined });
      expect(createSession()).toBeUndefined();
    },
  );

  test("returns undefined without an invocation, a context or an executor", async () => {
    const { invocation, createSession } = await runFirstEpisode(callTwice);
    for (const context of [undefined, {}, { df: {} }, { df: null }])
      expect(
        createSession({
          ...invocation,
          context,
        } as unknown as typeof invocation),
      ).toBeUndefined();
    expect(
      ExtendedSession.create(undefined, 0, createReplayer(), new ReplayFlag()),
    ).toBeUndefined();
  });
});

const createReplayer = () => new Replayer(new ExecutionHistory(), testLimits);

function* callTwice({ df }: OrchestrationContext) {
  const first: unknown = yield df.callActivity("act");
  df.setCustomStatus({ first });
  yield df.callActivity("act", first);
  return "end";
}

describe("advance", () => {
  test("continues the function after its first task and returns the next action", async () => {
    const { history, createSession } = await runFirstEpisode(callTwice);
    const state = createSession()?.advance(
      history.events,
      episode(completed(0, "a")),
    );
    expect(state).toMatchObject({
      isDone: false,
      actions: [[{ functionName: "act" }, { input: '"a"' }]],
      customStatus: { first: "a" },
    });
  });

  test("returns undefined when the function returns", async () => {
    const { history, createSession } = await runFirstEpisode(callTwice);
    const session = createSession();
    const second = episode(completed(0, "a"));
    session?.advance(history.events, second);
    history.append([...second, scheduled(1)]);
    expect(
      session?.advance(history.events, episode(completed(1, "b"))),
    ).toBeUndefined();
  });

  test("returns undefined when the library cannot parse an event", async () => {
    const { history, createSession } = await runFirstEpisode(callTwice);
    const unreadable = { ...completed(0, ""), Result: "{" };
    expect(
      createSession()?.advance(history.events, episode(unreadable)),
    ).toBeUndefined();
  });

  test("omits a falsy custom status, like the library", async () => {
    const { history, createSession } = await runFirstEpisode(function* ({
      df,
    }) {
      yield df.callActivity("act");
      df.setCustomStatus(0);
      yield df.callActivity("act");
    });
    const state = createSession()?.advance(
      history.events,
      episode(completed(0, "a")),
    );
    expect(state).not.toHaveProperty("customStatus");
  });

  test("passes the properties of a failure to the function as a copy, with parsed timestamps", async () => {
    let properties: Record<string, unknown> = {};
    const { history, createSession } = await runFirstEpisode(function* ({
      df,
    }) {
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
    const events = episode(failed({ Timestamp, code: 1 }));
    createSession()?.advance(history.events, events);
    expect(properties).toEqual({
      Timestamp: new Date(Timestamp),
      code: 1,
      changed: true,
    });
    expect(events[1]).toMatchObject(failed({ Timestamp, code: 1 }));
  });
});
