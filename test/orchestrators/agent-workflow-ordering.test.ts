import fc from "fast-check";
import { agentWorkflow } from "../../orchestrators/agent-workflow";
import type { StepOutcome, WorkflowInput } from "../../src/domain/contracts";
import { noUsage } from "../../src/domain/usage";
import type { StepDefinition } from "../../src/domain/workflow/workflow-definition";
import type { OpenTask } from "../support/orchestrators/open-tasks";
import { ReplayEngine } from "../support/orchestrators/replay-engine";

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
  { id: "d", needs: ["b", "c"], ...tool },
  { id: "e", needs: ["a", "m"], ...tool },
];
const outcome: StepOutcome = {
  status: "completed",
  output: { value: 1 },
  usage: noUsage,
};

/** The events that may arrive next: the completion of an open task, or the notification of a child, once each. */
function nextEvents(
  engine: ReplayEngine<WorkflowInput>,
  notified: Set<string>,
): readonly (() => Promise<void>)[] {
  const complete = (task: OpenTask) => () =>
    engine.completeTask(task, task.name === "toolStep" ? outcome : null);
  const notify =
    ({ call: child, input }: OpenTask) =>
    () => {
      notified.add(child);
      const { stepId } = input as { stepId: string };
      return engine.raise("stepSettled", { stepId, child });
    };
  const children = engine.started.filter(
    ({ call, input }) =>
      (input as { notifiesWorkflow?: boolean } | null)?.notifiesWorkflow ===
        true && !notified.has(call),
  );
  // A child completes only after it has raised its notification, but the two may arrive in either order.
  return [...engine.open.map(complete), ...children.map(notify)];
}

test("agentWorkflow ends for every order in which completions and notifications arrive", async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      const engine = new ReplayEngine<WorkflowInput>(agentWorkflow, {
        orchestrationId: "o1",
        definition: { name: "w", version: "1", steps },
        agents: {},
        input: { value: [1, 2, 3] },
      });
      await engine.start();
      const notified = new Set<string>();
      while (!engine.isDone) {
        const events = nextEvents(engine, notified);
        const number = numbers.next().value as number;
        // Otherwise the workflow would wait forever.
        expect(events).not.toEqual([]);
        await events[number % events.length]?.();
      }
      expect(engine.failure).toBeUndefined();
      for (const { id, instanceId } of engine.started)
        if (instanceId !== undefined)
          // The number that the engine has assigned.
          expect(instanceId).toMatch(new RegExp(`~0\\.${id}n?$`));
      expect(
        engine.started
          .flatMap(({ instanceId }) => instanceId?.replace(/~.*/, "") ?? [])
          .sort(),
      ).toEqual(
        ["a", "b", "c", "d", "e", "m.0", "m.1", "m.2"].map((id) => `o1@${id}`),
      );
    }),
    { numRuns: 150 },
  );
});
