import type { OrchestrationContext } from "durable-functions";
import { parseDurableTaskSettings } from "../../../../durable-task/engine/settings";
import { TaskHub } from "../../../../durable-task/engine/task-hub";
import { EventType } from "../../../../durable-task/model/history-event";
import { openTaskHubStore } from "../../../../durable-task/store/sqlite-store";
import { registerStubs } from "../../../../testing/stubs";
import { createTestInstance } from "../../../contracts/task-hub-store.contract";

const Timestamp = "2026-01-01T00:00:00.000Z";

function* callOnce({ df }: OrchestrationContext) {
  return (yield df.callActivity("act")) as unknown;
}

test("runs an activity again after a restart although an answer to an earlier execution has its id", async () => {
  const store = openTaskHubStore(":memory:");
  const instance = createTestInstance("tested", {
    name: callOnce.name,
    version: "",
    executionId: "second",
    parent: null,
    status: "Running",
  });
  const started = {
    EventType: EventType.ExecutionStarted,
    OrchestrationInstance: { InstanceId: "tested", ExecutionId: "second" },
    ParentInstance: null,
    Name: callOnce.name,
    Version: "",
    Input: null,
    Timestamp,
  } as const;
  const scheduled = {
    EventType: EventType.TaskScheduled,
    EventId: 0,
    Name: "act",
    Input: null,
    Timestamp,
  } as const;
  await store.commit([
    {
      instances: [instance],
      histories: [
        {
          instanceId: "tested",
          from: 0,
          events: [
            {
              event: { EventType: EventType.OrchestratorStarted, Timestamp },
              input: null,
            },
            { event: started, input: null },
            { event: scheduled, input: null },
            {
              event: { EventType: EventType.OrchestratorCompleted, Timestamp },
              input: null,
            },
          ],
        },
      ],
      received: [
        {
          id: 1,
          to: "tested",
          message: {
            executionId: "first",
            event: {
              EventType: EventType.SubOrchestrationInstanceCompleted,
              TaskScheduledId: 0,
              Result: '"of the first execution"',
            },
          },
        },
      ],
    },
  ]);
  const hub = new TaskHub({
    store,
    settings: parseDurableTaskSettings({}),
    ...registerStubs(callOnce, { activities: { act: () => "act" } }),
    reportProblem: (message) => {
      throw new Error(message);
    },
    onFatalError: () => undefined,
  });
  hub.recover();
  await hub.whenIdle();
  expect(hub.getInstance("tested")).toMatchObject({
    status: "Completed",
    output: '"act"',
  });
  await hub.stop(0);
});
