/** The client library hands ids out as it meets events. Where the list of actions does not tell the order, the walk knows it. */
import { RetryOptions } from "durable-functions";
import { EventType } from "../../../durable-task/model/history-event";
import { createTaskResponder } from "../../support/durable-task/task-responses";
import {
  type TestOrchestration,
  PureHub,
} from "../../support/durable-task/pure-hub";

/** Two messages come together, a failed attempt first; then one at a time. An event has come before. */
async function outcome(run: TestOrchestration, withSession: boolean) {
  const hub = new PureHub(run, undefined, createTaskResponder());
  await hub.deliver(hub.pending);
  hub.raise("go", null);
  await hub.deliver(
    hub.pending.filter(
      ({ event }) => event.EventType === EventType.EventRaised,
    ),
  );
  expect(hub.pending.map(({ event }) => event.EventType)).toEqual([
    EventType.TaskFailed,
    EventType.TaskCompleted,
  ]);
  let next = hub.pending;
  while (next.length > 0) {
    if (!withSession) hub.dropSession();
    await hub.deliver(next);
    next = hub.pending.slice(0, 1);
  }
  return hub.instance;
}

const failsOnce = { key: 1, fails: 1 };
const twice = new RetryOptions(1000, 3);
const act = (key: number) => ["act", { key, fails: 0 }] as const;

describe.each([true, false])("with a session: %s", (withSession) => {
  test("what follows a second wait for a task is asked for after it", async () => {
    const run: TestOrchestration = function* ({ df }) {
      const retried = df.callActivityWithRetry("act", twice, failsOnce);
      const waitedFor = df.callActivity(...act(2));
      yield df.Task.any([retried, waitedFor, df.waitForExternalEvent("go")]);
      const second: unknown = yield waitedFor;
      const third: unknown = yield df.callActivity(...act(3));
      return [second, third];
    };
    expect(await outcome(run, withSession)).toMatchObject({
      status: "Completed",
      output: "[2,3]",
    });
  });

  test("what is asked for just before the end comes after a timer that nobody needs any more", async () => {
    const run: TestOrchestration = function* ({ df }) {
      const retried = df.callActivityWithRetry("act", twice, failsOnce);
      yield df.Task.any([retried, df.callActivity(...act(2))]);
      const last = df.callActivity(...act(3));
      yield df.Task.any([last, df.waitForExternalEvent("go")]);
      return "done";
    };
    expect(await outcome(run, withSession)).toMatchObject({
      status: "Completed",
      output: '"done"',
    });
  });
});
