import fc from "fast-check";
import type {
  FinishInput,
  StepOutcome,
  WorkflowInput,
} from "../../../src/domain/contracts";
import type { StepDefinition } from "../../../src/domain/workflow/workflow-definition";
import type { OpenTask } from "../../support/orchestrators/open-tasks";
import {
  type ReplayEngine,
  staleAnswer,
  type StaleResult,
} from "../../support/orchestrators/replay-engine";
import {
  completedStep,
  notifySettled,
  startWorkflow,
} from "../../support/orchestrators/workflows";

const tool = { kind: "tool", tool: "t" } as const;
const steps: readonly StepDefinition[] = [
  { id: "a", ...tool },
  { id: "b", needs: [], ...tool },
  { id: "c", needs: ["a"], ...tool },
  {
    id: "m",
    needs: [],
    kind: "map",
    over: "${input}",
    as: "x",
    maxParallel: 2,
    step: tool,
  },
  { id: "d", needs: ["b", "c", "m"], ...tool },
];
const output = ["a", "b", "c", "m", "d"].map((id) => `\${steps.${id}.output}`);

/** The output of a step is its id. */
const outcomeOf = ({ input }: OpenTask): StepOutcome =>
  completedStep((input as { readonly stepId: string }).stepId);

const staleResults: readonly StaleResult[] = [
  { from: "activity", result: staleAnswer },
  { from: "activity", result: null },
  {
    from: "child",
    result: { call: "o1@b~0.99n", ok: true, value: completedStep("foreign") },
  },
  { from: "timer" },
  { from: "failed activity", message: "node exited with code 1 (0x1)" },
];

/** The events that may arrive next, apart from stale results. */
function nextEvents(
  engine: ReplayEngine<WorkflowInput>,
  notified: Set<string>,
): readonly (() => Promise<void>)[] {
  const complete = (task: OpenTask) => () =>
    task.name === "timer"
      ? engine.fire(task)
      : engine.completeTask(
          task,
          task.name === "toolStep" ? outcomeOf(task) : null,
        );
  const notify = (task: OpenTask) => () => {
    notified.add(task.call);
    return notifySettled(engine, task);
  };
  // Children also run on after a stale result has completed their tasks.
  const children = engine.started.filter(
    ({ call, input }) =>
      (input as { notifiesWorkflow?: boolean } | null)?.notifiesWorkflow ===
        true && !notified.has(call),
  );
  return [...engine.open.map(complete), ...children.map(notify)];
}

test("agentWorkflow ends with the outputs of its steps for any results of other calls, in any order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
      const next = (): number => stream.next().value as number;
      const engine = await startWorkflow(steps, {
        input: { value: [1, 2, 3] },
        output,
      });
      const notified = new Set<string>();
      const stale = new Set<number>();
      while (!engine.isDone) {
        // A number that is in use, or one of the next three.
        const id = next() % (engine.started.length + 3);
        if (stale.size < 6 && next() % 3 === 0 && !engine.isSettled(id)) {
          stale.add(id);
          const result = staleResults[next() % staleResults.length];
          if (result !== undefined) await engine.deliverStale(id, result);
          continue;
        }
        const events = nextEvents(engine, notified);
        // Otherwise the workflow would wait forever.
        expect(events).not.toEqual([]);
        await events[next() % events.length]?.();
      }
      expect(engine.failure).toBeUndefined();
      const inputs = engine.started
        .filter(({ name }) => name === "finishOrchestration")
        .map(({ input }): FinishInput => input);
      const value = (id: string) => ({ output: { value: id } });
      expect(inputs[0]?.result).toMatchObject({
        status: "completed",
        scope: {
          steps: {
            ...Object.fromEntries(
              ["a", "b", "c", "d"].map((id) => [id, value(id)]),
            ),
            m: { output: { value: ["m.0", "m.1", "m.2"] } },
          },
        },
      });
    }),
    { numRuns: 25 },
  );
});
