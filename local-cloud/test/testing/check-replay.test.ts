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

const recorded = async (orchestrator: OrchestrationHandler) =>
  (await runOrchestrator(orchestrator, { input: "Ada", activities })).history;

test("accepts the code that made the history, and its like", async () => {
  const history = await recorded(greetLater);
  await checkReplay(history, greetLater);
  await checkReplay(JSON.parse(JSON.stringify(history)) as never, greetLater);
  await checkReplay(history, function* ({ df }) {
    yield df.callActivity("greet", "anybody");
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
    "a step of another kind",
    function* ({ df }) {
      yield df.callActivity("greet");
      yield df.callSubOrchestrator("pause");
    },
    /timer task with sequence ID 1.*sub-orchestration instance with name 'pause'/,
  ],
  [
    "a step that is gone",
    function* ({ df }) {
      yield df.callActivity("greet");
      yield df.createTimer(new Date());
    },
    /activity task with name 'send' with sequence ID 2.*hasn't/,
  ],
  [
    "a step that is new",
    function* (context) {
      yield* greetLater(context);
      yield context.df.callActivity("log");
    },
    /activity task with name 'log' with sequence ID 3/,
  ],
  [
    "a wait that is new",
    function* (context) {
      yield* greetLater(context);
      yield context.df.waitForExternalEvent("read");
    },
    /waits for something more/,
  ],
  [
    "an error that is new",
    function* (context) {
      yield* greetLater(context);
      throw new Error("out of paper");
    },
    /throws where.*out of paper/,
  ],
])("refuses %s and names it", async (_, orchestrator, message) => {
  const history = await recorded(greetLater);
  await expect(checkReplay(history, orchestrator)).rejects.toMatchObject({
    code: "replay_differs",
    message: expect.stringMatching(message) as string,
  });
});

test("takes a history that was broken off, as an instance under way has it", async () => {
  const history = await recorded(greetLater);
  const isDecision = ({ EventType: type }: { readonly EventType: number }) =>
    [1, 4, 7, 10, 14].includes(type);
  for (let length = 2; length <= history.length; length += 1) {
    const begun = history.slice(0, length);
    const [last] = begun.slice(-1);
    // The decisions of an episode are recorded with its end.
    if (last && !isDecision(last)) await checkReplay(begun, greetLater);
  }
});

test("tells what is no history", async () => {
  const views = [{ EventType: "ExecutionStarted", Timestamp: "" }];
  await expect(checkReplay(views as never, greetLater)).rejects.toMatchObject({
    code: "history_invalid",
  });
  await expect(checkReplay([], greetLater)).rejects.toMatchObject({
    code: "history_invalid",
  });
});
