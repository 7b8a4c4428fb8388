import fc from "fast-check";
import { stepNeeds } from "../../../src/domain/workflow/step-needs";
import {
  decideNextSteps,
  type StepProgress,
  type WorkflowResult,
} from "../../../src/domain/workflow/decide-next-steps";
import type {
  StepDefinition,
  WorkflowDefinition,
} from "../../../src/domain/workflow/workflow-definition";

type StepEnding = "completed" | "failed" | "when";
interface WorkflowPlan {
  readonly definition: WorkflowDefinition;
  readonly endings: Readonly<Record<string, StepEnding>>;
}

/** An acyclic graph, and the ending of each step that runs. */
const workflowPlan: fc.Arbitrary<WorkflowPlan> = fc
  .array(
    fc.record({
      needs: fc.option(fc.array(fc.nat(20)), { nil: undefined }),
      ending: fc.constantFrom<StepEnding>(
        "completed",
        "completed",
        "failed",
        "when",
      ),
      onError: fc.constantFrom(undefined, "continue" as const, "fail" as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((plans) => ({
    definition: {
      name: "w",
      version: "1",
      steps: plans.map(({ needs, onError }, index): StepDefinition => ({
        id: `s${index}`,
        kind: "tool",
        tool: "t",
        ...(needs !== undefined && {
          needs: [
            ...new Set(
              needs.filter((need) => need < index).map((need) => `s${need}`),
            ),
          ],
        }),
        ...(onError !== undefined && { onError }),
      })),
    },
    endings: Object.fromEntries(
      plans.map(({ ending }, index) => [`s${index}`, ending]),
    ),
  }));

const endProgress: Readonly<Record<StepEnding, StepProgress>> = {
  completed: { status: "completed" },
  failed: { status: "failed", error: { code: "tool_failed", message: "m" } },
  when: { status: "skipped", because: "when" },
};

interface RunResult {
  readonly result: WorkflowResult;
  readonly progress: Readonly<Record<string, StepProgress>>;
}

function expectNeedsSettled(
  definition: WorkflowDefinition,
  step: StepDefinition,
  progress: RunResult["progress"],
): void {
  expect(progress).not.toHaveProperty(step.id);
  for (const need of stepNeeds(definition, step))
    expect(["completed", "failed", "skipped"]).toContain(
      progress[need]?.status,
    );
}

/** Runs a workflow to its end; `choose` selects the running step that settles next. */
function runWorkflow(
  { definition, endings }: WorkflowPlan,
  choose: (count: number) => number,
): RunResult {
  const progress: Record<string, StepProgress> = {};
  const running: string[] = [];
  for (;;) {
    const { ready, skipped, result } = decideNextSteps(definition, progress);
    for (const step of [...ready, ...skipped])
      expectNeedsSettled(definition, step, progress);
    for (const { id } of skipped)
      progress[id] = { status: "skipped", because: "upstream" };
    for (const { id } of ready) {
      progress[id] = { status: "running" };
      running.push(id);
    }
    if (ready.length + skipped.length > 0) continue;
    if (result !== undefined) {
      expect(running).toEqual([]);
      return { result, progress };
    }
    const [id = ""] = running.splice(choose(running.length), 1);
    progress[id] = endProgress[endings[id] ?? "completed"];
  }
}

test("settles each step once, after its needs, with a result that is independent of the order", () => {
  fc.assert(
    fc.property(workflowPlan, fc.infiniteStream(fc.nat()), (plan, numbers) => {
      const shuffled = runWorkflow(plan, (count) => {
        const next = numbers.next();
        return (next.done === true ? 0 : next.value) % count;
      });
      const inOrder = runWorkflow(plan, () => 0);
      expect(shuffled).toEqual(inOrder);
      expect(Object.keys(inOrder.progress)).toHaveLength(
        plan.definition.steps.length,
      );
    }),
  );
});

const defineToolSteps = (
  ...steps: readonly Partial<StepDefinition>[]
): WorkflowDefinition => ({
  name: "w",
  version: "1",
  steps: steps.map((step) => ({
    kind: "tool",
    tool: "t",
    ...step,
  })) as StepDefinition[],
});

test("skips direct and indirect dependents of a failed step, and names the first failed step in the error", () => {
  const plan = defineToolSteps(
    { id: "a" },
    { id: "b" },
    { id: "c" },
    { id: "d", needs: [] },
  );
  const { result, progress } = runWorkflow(
    { definition: plan, endings: { a: "failed", d: "failed" } },
    () => 0,
  );
  expect(result).toEqual({
    status: "failed",
    error: { code: "tool_failed", message: 'Step "a" failed: m' },
  });
  expect(progress["c"]).toEqual({ status: "skipped", because: "upstream" });
});

test("runs the dependents of a tolerated failure and of a false condition", () => {
  const plan = defineToolSteps(
    { id: "a", onError: "continue" },
    { id: "b" },
    { id: "c" },
  );
  const { result, progress } = runWorkflow(
    { definition: plan, endings: { a: "failed", b: "when" } },
    () => 0,
  );
  expect(result).toEqual({ status: "completed" });
  expect(progress["c"]).toEqual({ status: "completed" });
});
