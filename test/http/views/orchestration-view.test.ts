import fc from "fast-check";
import type { OrchestrationEvent } from "../../../src/domain/history/orchestration-history";
import type { WorkflowDefinition } from "../../../src/domain/workflow/workflow-definition";
import {
  orchestrationsUrl,
  toOrchestrationView,
} from "../../../src/http/views/orchestration-view";

const definition: WorkflowDefinition = {
  name: "review",
  version: "1",
  steps: [
    { id: "plan", kind: "agent", agent: "planner", prompt: "p" },
    {
      id: "read",
      kind: "map",
      over: "${input.documents}",
      as: "doc",
      step: { kind: "tool", tool: "readDocument" },
    },
    { id: "save", kind: "tool", tool: "saveReport" },
  ],
};
const summary = {
  id: "o1",
  workflow: "review",
  version: "1",
  status: "running",
  tags: {},
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
} as const;

const at = (second: number) =>
  `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
const usage = { inputTokens: 10, outputTokens: 5, modelCalls: 1, toolCalls: 0 };
let count = 0;
const newEvent = (
  type: OrchestrationEvent["type"],
  second: number,
  fields: Partial<OrchestrationEvent> = {},
): OrchestrationEvent => ({
  key: String(count++),
  type,
  at: at(second),
  ...fields,
});

const events: readonly OrchestrationEvent[] = [
  newEvent("orchestration.started", 0),
  newEvent("step.started", 1, { stepId: "plan", attempt: 1 }),
  newEvent("model.called", 2, { stepId: "plan", data: { usage } }),
  newEvent("step.retried", 3, { stepId: "plan", attempt: 2 }),
  newEvent("model.called", 4, { stepId: "plan", data: { usage } }),
  newEvent("step.completed", 5, {
    stepId: "plan",
    attempt: 2,
    data: { usage },
  }),
  newEvent("step.started", 6, {
    stepId: "read",
    attempt: 1,
    data: { items: 4 },
  }),
  newEvent("step.started", 6, { stepId: "read.0", attempt: 1 }),
  newEvent("step.started", 6, { stepId: "read.1", attempt: 1 }),
  newEvent("step.completed", 7, { stepId: "read.0", attempt: 1 }),
  newEvent("step.failed", 8, {
    stepId: "read.1",
    attempt: 1,
    data: { error: { code: "tool_failed", message: "m" } },
  }),
];
const collectionUrl = "http://localhost/api/orchestrations";
const view = (events: readonly OrchestrationEvent[]) =>
  toOrchestrationView(summary, events, definition, collectionUrl);

describe("toOrchestrationView", () => {
  test("shows every step as pending if the history has no events", () => {
    const { steps, progress } = view([]);
    expect(
      steps.map(({ id, status, attempt }) => [id, status, attempt]),
    ).toEqual([
      ["plan", "pending", 0],
      ["read", "pending", 0],
      ["save", "pending", 0],
    ]);
    expect(progress).toEqual({ done: 0, total: 3 });
  });

  test("shows the status of each step and the item counts of a map", () => {
    const { steps, progress } = view(events);
    expect(steps[0]).toEqual({
      id: "plan",
      kind: "agent",
      status: "completed",
      attempt: 2,
      startedAt: at(1),
      endedAt: at(5),
    });
    expect(steps[1]).toMatchObject({
      status: "running",
      items: { done: 2, total: 4, failed: 1 },
    });
    expect(progress).toEqual({ done: 1, total: 3 });
  });

  test("shows the error of a failed step", () => {
    const error = { code: "tool_failed", message: "disk full" };
    const failed = newEvent("step.failed", 9, {
      stepId: "save",
      data: { error },
    });
    expect(view([failed]).steps[2]).toMatchObject({ status: "failed", error });
  });

  test("shows the latest end of a step that completes after the orchestration was started again", () => {
    const error = { code: "platform_failed", message: "restart" };
    const ends = ["save", "read.0"].flatMap((stepId) => [
      newEvent("step.failed", 3, { stepId, data: { error } }),
      newEvent("step.completed", 9, { stepId }),
    ]);
    const { steps, progress } = view([
      newEvent("step.started", 1, { stepId: "read" }),
      ...ends.toReversed(),
    ]);
    expect(steps[2]).toMatchObject({ status: "completed", endedAt: at(9) });
    expect(steps[2]?.error).toBeUndefined();
    expect(steps[1]?.items).toEqual({ done: 1, total: 1, failed: 0 });
    expect(progress).toEqual({ done: 1, total: 3 });
  });

  test("sums the usage of the model calls, without adding the usage of their steps", () => {
    expect(view(events).usage).toEqual({
      inputTokens: 20,
      outputTokens: 10,
      modelCalls: 2,
      toolCalls: 0,
    });
  });

  test("does not depend on the order of the events", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events], { minLength: events.length }),
        (shuffled) => {
          expect(view(shuffled)).toEqual(view(events));
        },
      ),
    );
  });
});

test.each([
  "http://localhost:7071/api/orchestrations",
  "http://localhost:7071/api/orchestrations/o1?wait=1s",
  "http://localhost:7071/api/orchestrations/o1/result",
])("orchestrationsUrl returns the collection URL of %s", (url) => {
  expect(orchestrationsUrl(url)).toBe(
    "http://localhost:7071/api/orchestrations",
  );
});
