import { RetryOptions } from "durable-functions";
import type {
  OrchestrationContext,
  OrchestrationHandler,
} from "durable-functions";
import { checkReplay, runOrchestrator } from "../../testing";

const activities = { greet: (name: string) => `Hello ${name}`, send: () => 1 };

function* greetLater({ df }: OrchestrationContext) {
  const greeting = (yield df.callActivity("greet", df.getInput())) as string;
  yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + 1000));
  yield df.callActivityWithRetry("send", new RetryOptions(100, 2), greeting);
  return greeting;
}

const recordHistory = async (orchestrator: OrchestrationHandler) =>
  (await runOrchestrator(orchestrator, { input: "Ada", activities })).history;

test("accepts the orchestrator that recorded the history, and one that schedules the same tasks", async () => {
  const history = await recordHistory(greetLater);
  await checkReplay(history, greetLater);
  await checkReplay(JSON.parse(JSON.stringify(history)) as never, greetLater);
  await checkReplay(history, function* ({ df }) {
    yield df.callActivity("greet", "Bob");
    yield df.createTimer(new Date());
    yield df.callActivity("send");
  });
});

test.each<[string, OrchestrationHandler, RegExp]>([
  [
    "another activity",
    function* ({ df }) {
      yield df.callActivity("welcome");
    },
    /activity task with name 'greet' with sequence ID 0.*'welcome'/,
  ],
  [
    "a task of another kind",
    function* ({ df }) {
      yield df.callActivity("greet");
      yield df.callSubOrchestrator("pause");
    },
    /timer task with sequence ID 1.*sub-orchestration instance with name 'pause'/,
  ],
  [
    "a missing task",
    function* ({ df }) {
      yield df.callActivity("greet");
      yield df.createTimer(new Date());
    },
    /activity task with name 'send' with sequence ID 2.*hasn't/,
  ],
  [
    "an additional task",
    function* (context) {
      yield* greetLater(context);
      yield context.df.callActivity("log");
    },
    /activity task with name 'log' with sequence ID 3/,
  ],
  [
    "an additional wait",
    function* (context) {
      yield* greetLater(context);
      yield context.df.waitForExternalEvent("read");
    },
    /waits for another task/,
  ],
  [
    "an additional error",
    function* (context) {
      yield* greetLater(context);
      throw new Error("out of paper");
    },
    /throws, but in the history it has returned: out of paper/,
  ],
])("rejects %s and names it", async (_, orchestrator, message) => {
  const history = await recordHistory(greetLater);
  await expect(checkReplay(history, orchestrator)).rejects.toMatchObject({
    code: "replay_differs",
    message: expect.stringMatching(message) as string,
  });
});

test("accepts the incomplete history of a running instance", async () => {
  const history = await recordHistory(greetLater);
  const isDecision = ({ EventType: type }: { readonly EventType: number }) =>
    [1, 4, 7, 10, 14].includes(type);
  for (let length = 2; length <= history.length; length += 1) {
    const beginning = history.slice(0, length);
    const last = beginning.at(-1);
    // The decisions of an episode are recorded together with its end.
    if (last && !isDecision(last)) await checkReplay(beginning, greetLater);
  }
});

test("rejects an empty history and one whose event types are names with history_invalid", async () => {
  const statusEvents = [{ EventType: "ExecutionStarted", Timestamp: "" }];
  await expect(
    checkReplay(statusEvents as never, greetLater),
  ).rejects.toMatchObject({
    code: "history_invalid",
  });
  await expect(checkReplay([], greetLater)).rejects.toMatchObject({
    code: "history_invalid",
  });
});
