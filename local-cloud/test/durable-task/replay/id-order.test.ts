/** The client library assigns ids in the order of its events. The list of actions does not contain that order; the replayer infers it. */
import { RetryOptions } from "durable-functions";
import { EventType } from "../../../durable-task/model/history-event";
import { createTaskResponder } from "../../support/durable-task/task-responses";
import {
  type TestOrchestration,
  EpisodeHarness,
} from "../../support/durable-task/episode-harness";

/**
 * Delivers the event `go`, then a failed attempt and a result in one episode, then one message per episode. Resolves with the
 * instance.
 */
async function runToEnd(run: TestOrchestration, withSession: boolean) {
  const harness = new EpisodeHarness(run, undefined, createTaskResponder());
  await harness.deliver(harness.pending);
  harness.raise("go", null);
  await harness.deliver(
    harness.pending.filter(
      ({ event }) => event.EventType === EventType.EventRaised,
    ),
  );
  expect(harness.pending.map(({ event }) => event.EventType)).toEqual([
    EventType.TaskFailed,
    EventType.TaskCompleted,
  ]);
  let next = harness.pending;
  while (next.length > 0) {
    if (!withSession) harness.dropSession();
    await harness.deliver(next);
    next = harness.pending.slice(0, 1);
  }
  return harness.instance;
}

const failsOnce = { key: 1, fails: 1 };
const retryOptions = new RetryOptions(1000, 3);
const succeeding = (key: number) => ["act", { key, fails: 0 }] as const;

describe.each([
  ["with an extended session", true],
  ["with a replay in every episode", false],
])("assigns ids %s", (_how, withSession) => {
  test("to a retry before a task that is scheduled after a second wait", async () => {
    const run: TestOrchestration = function* ({ df }) {
      const retried = df.callActivityWithRetry("act", retryOptions, failsOnce);
      const waitedFor = df.callActivity(...succeeding(2));
      yield df.Task.any([retried, waitedFor, df.waitForExternalEvent("go")]);
      const second: unknown = yield waitedFor;
      const third: unknown = yield df.callActivity(...succeeding(3));
      return [second, third];
    };
    expect(await runToEnd(run, withSession)).toMatchObject({
      status: "Completed",
      output: "[2,3]",
    });
  });

  test("to a retry timer before a task that is scheduled in the last episode", async () => {
    const run: TestOrchestration = function* ({ df }) {
      const retried = df.callActivityWithRetry("act", retryOptions, failsOnce);
      yield df.Task.any([retried, df.callActivity(...succeeding(2))]);
      const last = df.callActivity(...succeeding(3));
      yield df.Task.any([last, df.waitForExternalEvent("go")]);
      return "done";
    };
    expect(await runToEnd(run, withSession)).toMatchObject({
      status: "Completed",
      output: '"done"',
    });
  });
});
