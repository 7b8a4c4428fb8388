/**
 * A history that a real host recorded while two workers held one partition. Row 004F is the result of an activity 14 that
 * the history does not contain, for the child 14. The recording has order, times, kinds, numbers and names; results are
 * those that the calls would have returned. With the code of that time the orchestration failed: `Cannot read
 * properties of null (reading 'usage')`.
 */
import { readFileSync } from "node:fs";
import { agentWorkflow } from "../../../orchestrators/agent-workflow";
import { documentReviewAgents } from "../../../src/catalog/agents";
import { documentReview } from "../../../src/catalog/workflows/document-review";
import type {
  FinishInput,
  RecordHistoryInput,
  WorkflowInput,
} from "../../../src/domain/contracts";
import type { Json } from "../../../src/domain/payload";
import type { OpenTask } from "../../support/orchestrators/open-tasks";
import { ReplayEngine } from "../../support/orchestrators/replay-engine";
import {
  completedStep,
  notifySettled,
} from "../../support/orchestrators/workflows";

/** Columns: row, time, event type, EventId, TaskScheduledId, name, step. */
const rows = readFileSync("test/fixtures/split-brain/history.txt", "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => {
    const [row = "", time = "", type = "", id, completed, name = "", step] =
      line.split(" ");
    return {
      row,
      ms: Date.parse(`2026-11-27T${time}Z`),
      type,
      id: Number(id),
      completed: Number(completed),
      label: `${name} ${step ?? ""}`.trim(),
    };
  });

const names = Array.from({ length: 10 }, (_, n) => `document-${n}.txt`);
const findings = (stepId: string): Json => ({
  document: names[Number(stepId.split(".")[1])] ?? "",
  findings: [],
});
const outputs: Readonly<Record<string, Json>> = {
  list: names.map((name) => ({ name, bytes: 1 })),
  plan: { steps: [], summary: "Read all." },
};
const outputOf = (stepId: string) => outputs[stepId] ?? findings(stepId);

/** Children in an order of their notifications with which the workflow schedules the recorded tasks. */
const notified = [7, 5, 9, 4, 10, 8, 11, 6, 13, 14];

const startedTask = (engine: ReplayEngine<WorkflowInput>, id: number) => {
  const task = engine.started[id];
  if (task === undefined) throw new Error(`Task ${id} was not started.`);
  return task;
};

const label = ({ name, instanceId = "" }: OpenTask): string =>
  `${name} ${/@[^~]*/.exec(instanceId)?.[0] ?? ""}`.trim();

const eventTypes: Readonly<Record<string, number>> = {
  ExecutionStarted: 0,
  TaskCompleted: 5,
  SubOrchestrationInstanceCompleted: 8,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventRaised: 15,
};

/** The JSON text with which the task completed. */
function recordedResult({ call, instanceId, input }: OpenTask): string {
  const { stepId } = input as { readonly stepId: string };
  const value =
    instanceId === undefined ? null : completedStep(outputOf(stepId));
  return JSON.stringify({ call, ok: true, value });
}

/** Replays the rows up to `last`, and checks that the workflow schedules the recorded tasks. */
async function replayRows(engine: ReplayEngine<WorkflowInput>, last: string) {
  const children = notified.values();
  for (const { row, ms, type, id, completed, label: recorded } of rows) {
    if (row > last) return;
    const EventType = eventTypes[type];
    if (EventType === undefined)
      expect(label(startedTask(engine, id))).toBe(recorded);
    else if (EventType === 5 || EventType === 8) {
      const Result =
        row === "004F"
          ? "null"
          : recordedResult(startedTask(engine, completed));
      const event = { EventType, TaskScheduledId: completed, Result };
      await engine.addRecorded(event, ms);
    } else if (EventType === 15) {
      const child = startedTask(engine, children.next().value ?? -1);
      const { stepId } = child.input as { readonly stepId: string };
      const Input = JSON.stringify({ stepId, child: child.call });
      await engine.addRecorded({ EventType, Name: recorded, Input }, ms);
    } else
      await engine.addRecorded(
        { EventType, Name: recorded, Input: "null" },
        ms,
      );
  }
}

test("a child that got the result of a forgotten activity is started again, and the review completes", async () => {
  const engine = new ReplayEngine<WorkflowInput>(agentWorkflow, {
    orchestrationId: "o1",
    definition: documentReview,
    agents: Object.fromEntries(
      documentReviewAgents.map((agent) => [agent.name, agent]),
    ),
    input: { value: {} },
  });
  await replayRows(engine, "0057");
  const [forgotten, again] = [14, 17].map((id) => startedTask(engine, id));
  expect([forgotten?.instanceId, again?.instanceId]).toEqual([
    "o1@read.9~0.14n",
    "o1@read.9~0.17n",
  ]);

  // The first child has notified the workflow (row 0057) and ends now.
  if (forgotten === undefined || again === undefined) return;
  await engine.completeTask(forgotten, completedStep("of the first child"));
  expect(engine.task("agentTurn").call).toBe(again.call);

  await notifySettled(engine, again);
  await engine.completeTask(again, completedStep(findings("read.9")));
  for (const [step, output] of [
    ["o1@write", "# Report"],
    ["o1@save", { path: "report.md" }],
  ] as const) {
    await engine.completeAll("recordHistory", null);
    await engine.complete(step, completedStep(output));
  }
  await engine.completeAll("recordHistory", null);
  const last: FinishInput = engine.task("finishOrchestration").input;
  expect(last.result).toMatchObject({
    status: "completed",
    scope: {
      steps: {
        read: {
          output: { value: names.map((_, n) => findings(`read.${n}`)) },
        },
      },
    },
  });
  await engine.complete("finishOrchestration", { value: "# Report" });
  expect(engine.output).toEqual({
    status: "completed",
    output: { value: "# Report" },
  });
  const events = engine.started
    .filter(({ name }) => name === "recordHistory")
    .flatMap(({ input }) => (input as RecordHistoryInput).events);
  expect(
    [...events, ...last.events].filter(({ type }) => type === "step.failed"),
  ).toEqual([]);
});
