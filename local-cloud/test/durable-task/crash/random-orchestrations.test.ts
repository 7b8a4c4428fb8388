/**
 * Random orchestrations must end with the results of a direct evaluation: with messages in random order and random batches,
 * lost episodes and dropped sessions (in memory), and with crashes at random commits (on real files). In memory, every episode
 * of an extended session must have the same result as a replay.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OrchestrationContext } from "durable-functions";
import fc from "fast-check";
import { EventType } from "../../../durable-task/model/history-event";
import { createTaskResponder } from "../../support/durable-task/task-responses";
import type { Stubs } from "../../../testing/stubs";
import {
  type RecordedAttempts,
  type CrashPoint,
  runWithCrashes,
} from "../../support/durable-task/crashing-hub";
import { EpisodeHarness } from "../../support/durable-task/episode-harness";
import {
  awaitedEventNames,
  expectedResults,
  interpretProgram,
  numberSteps,
  arbitraryProgram,
  type ProgramProgress,
  type ProgramStep,
} from "../../support/durable-task/random-programs";

/** The soak run repeats each property 20 times as often. */
const scaleRuns = (runs: number): number =>
  process.env["SOAK"] === "1" ? 20 * runs : runs;

describe("random orchestrations", () => {
  /** Runs a program with messages in random order and random batches. Resolves with the number of episodes in a session. */
  async function runInRandomOrder(
    program: readonly ProgramStep[],
    random: fc.Stream<number>,
  ): Promise<number> {
    const pick = (below: number): number => Number(random.next().value) % below;
    const input = numberSteps(program);
    const harness = new EpisodeHarness(
      interpretProgram,
      { steps: input, results: [] },
      createTaskResponder(),
    );
    for (const name of input.flatMap(awaitedEventNames))
      harness.raise(name, name);
    for (let episodes = 0; !harness.hasEnded; episodes++) {
      if (harness.pending.length === 0 || episodes > 500)
        throw new Error(
          `The orchestration has not ended after ${episodes} episodes: ${JSON.stringify(harness.history.events)}`,
        );
      const start = harness.pending.find(
        ({ event }) => event.EventType === EventType.ExecutionStarted,
      );
      const shuffled = harness.pending
        .map((message) => ({ message, order: pick(1000) }))
        .sort((a, b) => a.order - b.order)
        .map(({ message }) => message);
      const batch = start
        ? [start]
        : shuffled.slice(0, 1 + pick(shuffled.length));
      if (pick(3) === 0) await harness.loseEpisode(batch);
      if (pick(6) === 0) harness.dropSession();
      await harness.deliver(batch);
    }
    expect(harness.instance).toMatchObject({ status: "Completed" });
    expect(JSON.parse(harness.instance.output ?? "")).toEqual(
      expectedResults(input),
    );
    return harness.sessionEpisodes;
  }

  test("end with the expected results when messages are shuffled, and episodes and sessions are lost", async () => {
    let sessionEpisodes = 0;
    await fc.assert(
      fc.asyncProperty(
        arbitraryProgram,
        fc.infiniteStream(fc.nat()),
        async (program, random) => {
          sessionEpisodes += await runInRandomOrder(program, random);
        },
      ),
      { numRuns: scaleRuns(300) },
    );
    expect(sessionEpisodes).toBeGreaterThan(300);
  });

  const folder = mkdtempSync(join(tmpdir(), "random-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  let runCount = 0;

  /** Runs a program on real files, with crashes. */
  async function runOnFiles(
    program: readonly ProgramStep[],
    nextCrash: () => CrashPoint,
  ) {
    const steps = numberSteps(program);
    const input: ProgramProgress = { steps, results: [] };
    const names = steps.flatMap(awaitedEventNames);
    const stubs = (attempts: RecordedAttempts): Stubs => ({
      activities: {
        act: (task: { readonly key: number; readonly fails: number }) => {
          if (attempts("act", task) < task.fails) throw new Error("failed");
          return task.key;
        },
      },
      subOrchestrators: {
        child: function* ({ df }: OrchestrationContext) {
          return (yield df.callActivity("act", df.getInput())) as unknown;
        },
      },
      entities: {
        counter: ({ df }: EntityContext) => {
          df.return(df.getInput());
        },
      },
    });
    const events = names.map((name) => ({ name, data: name }));
    const { instance } = await runWithCrashes(
      {
        orchestrator: interpretProgram,
        stubs,
        input,
        events,
        nextCrash,
      },
      join(folder, String((runCount += 1))),
    );
    expect(instance.status).toBe("Completed");
    expect(JSON.parse(instance.output ?? "")).toEqual(expectedResults(steps));
  }

  const crashPlans: fc.Arbitrary<readonly CrashPoint[]> = fc.array(
    fc.constantFrom<CrashPoint>(
      "none",
      "none",
      "after commit",
      "during commit",
    ),
    { minLength: 1, maxLength: 30 },
  );
  test("end with the expected results on real files when the hub crashes at random commits", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, crashPlans, async (program, plan) => {
        const next = plan.values();
        await runOnFiles(program, () => next.next().value ?? "none");
      }),
      { numRuns: scaleRuns(40) },
    );
  }, 600_000);

  test("end with the expected results on real files when the hub crashes after every commit", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, (program) =>
        runOnFiles(program, () => "after commit"),
      ),
      { numRuns: scaleRuns(15) },
    );
  }, 600_000);
});

interface EntityContext {
  readonly df: { getInput(): unknown; return(value: unknown): void };
}
