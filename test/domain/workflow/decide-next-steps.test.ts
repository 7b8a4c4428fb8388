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

type Fate = "completed" | "failed" | "when";
interface Planned {
  readonly definition: WorkflowDefinition;
  readonly fates: Readonly<Record<string, Fate>>;
}

/** Any graph without cycles, and what becomes of each step if it runs. */
const planned: fc.Arbitrary<Planned> = fc
  .array(
    fc.record({
      needs: fc.option(fc.array(fc.nat(20)), { nil: undefined }),
      fate: fc.constantFrom<Fate>("completed", "completed", "failed", "when"),
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
    fates: Object.fromEntries(
      plans.map(({ fate }, index) => [`s${index}`, fate]),
    ),
  }));

const endings: Readonly<Record<Fate, StepProgress>> = {
  completed: { status: "completed" },
  failed: { status: "failed", error: { code: "tool_failed", message: "m" } },
  when: { status: "skipped", because: "when" },
};

interface Played {
  readonly end: WorkflowResult;
  readonly progress: Readonly<Record<string, StepProgress>>;
}

function expectDue(
  definition: WorkflowDefinition,
  step: StepDefinition,
  progress: Played["progress"],
): void {
  expect(progress).not.toHaveProperty(step.id);
  for (const need of stepNeeds(definition, step))
    expect(["completed", "failed", "skipped"]).toContain(
      progress[need]?.status,
    );
}

/** Plays a workflow to its end; `choose` says which of the running steps settles next. */
function play(
  { definition, fates }: Planned,
  choose: (count: number) => number,
): Played {
  const progress: Record<string, StepProgress> = {};
  const running: string[] = [];
  for (;;) {
    const { ready, skipped, result } = decideNextSteps(definition, progress);
    for (const step of [...ready, ...skipped])
      expectDue(definition, step, progress);
    for (const { id } of skipped)
      progress[id] = { status: "skipped", because: "upstream" };
    for (const { id } of ready) {
      progress[id] = { status: "running" };
      running.push(id);
    }
    if (ready.length + skipped.length > 0) continue;
    if (result !== undefined) {
      expect(running).toEqual([]);
      return { end: result, progress };
    }
    const [id = ""] = running.splice(choose(running.length), 1);
    progress[id] = endings[fates[id] ?? "completed"];
  }
}

test("every step settles once, after what it needs, and the end does not depend on the order", () => {
  fc.assert(
    fc.property(planned, fc.infiniteStream(fc.nat()), (plan, numbers) => {
      const shuffled = play(plan, (count) => {
        const next = numbers.next();
        return (next.done === true ? 0 : next.value) % count;
      });
      const inOrder = play(plan, () => 0);
      expect(shuffled).toEqual(inOrder);
      expect(Object.keys(inOrder.progress)).toHaveLength(
        plan.definition.steps.length,
      );
    }),
  );
});

const tools = (
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

test("a failure for good skips what needs it, through others, and names the first failed step", () => {
  const plan = tools(
    { id: "a" },
    { id: "b" },
    { id: "c" },
    { id: "d", needs: [] },
  );
  const { end, progress } = play(
    { definition: plan, fates: { a: "failed", d: "failed" } },
    () => 0,
  );
  expect(end).toEqual({
    status: "failed",
    error: { code: "tool_failed", message: 'Step "a" failed: m' },
  });
  expect(progress["c"]).toEqual({ status: "skipped", because: "upstream" });
});

test("a tolerated failure and a false condition hold nothing back", () => {
  const plan = tools(
    { id: "a", onError: "continue" },
    { id: "b" },
    { id: "c" },
  );
  const { end, progress } = play(
    { definition: plan, fates: { a: "failed", b: "when" } },
    () => 0,
  );
  expect(end).toEqual({ status: "completed" });
  expect(progress["c"]).toEqual({ status: "completed" });
});
