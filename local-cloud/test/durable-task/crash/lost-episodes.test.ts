/**
 * Random orchestrations in the fault mode. An orchestration cannot prevent that an action gets the answer of a lost one (the
 * real platform does the same), so its output may differ from the expected one. What holds:
 *
 * 1. Every orchestration completes, and the hub reports no problem.
 * 2. Each action is answered at most once, and only after its decision is in the history.
 * 3. The history replays deterministically.
 * 4. Without a foreign answer in the history, the output is the expected one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OrchestrationContext } from "durable-functions";
import fc from "fast-check";
import type { LostEpisodesOptions } from "../../../durable-task/engine/orchestrations/lost-episodes";
import { toRecordedHistory } from "../../../durable-task/engine/recorded-history";
import { isEntityId } from "../../../durable-task/model/hub-message";
import { checkReplay } from "../../../testing/check-replay";
import type { Stubs } from "../../../testing/stubs";
import {
  countForeignAnswers,
  expectAnswersFollowActions,
} from "../../support/durable-task/answer-checks";
import {
  type CrashRunOutcome,
  runWithCrashes,
} from "../../support/durable-task/crashing-hub";
import { LossyHub } from "../../support/durable-task/lossy-hub";
import {
  arbitraryProgram,
  awaitedEventNames,
  expectedResults,
  interpretProgram,
  numberSteps,
  type ProgramStep,
} from "../../support/durable-task/random-programs";

const isSoak = process.env["SOAK"] === "1";

interface ActInput {
  readonly key: number;
  readonly fails: number;
  readonly attempts?: number;
}
interface EntityContext {
  readonly df: { getInput(): unknown; return(value: unknown): void };
}

const stubs: Stubs = {
  activities: {
    // Independent of earlier attempts, because a lost attempt is one more.
    act: ({ key, fails, attempts = 1 }: ActInput) => {
      if (fails >= attempts) throw new Error(`failed ${key}`);
      return key;
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
};

type Outcome = Pick<CrashRunOutcome, "instances" | "histories">;

async function expectExplainedOutcome(
  steps: readonly ProgramStep[],
  { instances, histories }: Outcome,
): Promise<void> {
  const index = instances.findIndex(
    ({ instanceId }) => instanceId === "tested",
  );
  const instance = instances[index];
  if (instance === undefined) throw new Error("The instance does not exist.");
  expect(instance.status).toBe("Completed");
  for (const each of histories) expectAnswersFollowActions(each);
  const history = histories[index] ?? [];
  await checkReplay(toRecordedHistory(instance, history), interpretProgram);
  const foreign = countForeignAnswers(history, (id) =>
    instances.find(({ instanceId }) => instanceId === id),
  );
  const isHistoryComplete = steps.every(({ kind }) => kind !== "continueAsNew");
  if (foreign === 0 && isHistoryComplete)
    expect(JSON.parse(instance.output ?? "")).toEqual(expectedResults(steps));
}

async function runInMemory(
  steps: readonly ProgramStep[],
  lostEpisodes: LostEpisodesOptions,
): Promise<Outcome> {
  await using lossy = new LossyHub({
    orchestrator: interpretProgram,
    lostEpisodes,
    ...stubs,
  });
  await lossy.start("tested", { steps, results: [] });
  for (const name of steps.flatMap(awaitedEventNames))
    await lossy.raise("tested", name, name);
  await lossy.runToEnd();
  expect(lossy.problems).toEqual([]);
  const instances = lossy.hub
    .listInstances({})
    .filter(({ instanceId }) => !isEntityId(instanceId));
  return {
    instances,
    histories: instances.map(({ instanceId }) =>
      lossy.hub.getHistory(instanceId),
    ),
  };
}

const lostEpisodesOptions = fc.record({
  seed: fc.nat(),
  rate: fc.constantFrom(0.2, 0.5, 1),
});

describe("random orchestrations in the fault mode", () => {
  test("complete with the expected output unless an action got a foreign answer", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryProgram,
        lostEpisodesOptions,
        async (program, lostEpisodes) => {
          const steps = numberSteps(program);
          await expectExplainedOutcome(
            steps,
            await runInMemory(steps, lostEpisodes),
          );
        },
      ),
      { numRuns: isSoak ? 2000 : 100 },
    );
  }, 600_000);

  const folder = mkdtempSync(join(tmpdir(), "lost-episodes-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  let runCount = 0;

  test("complete likewise on real files when the hub crashes at commits", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryProgram,
        lostEpisodesOptions,
        fc.integer({ min: 1, max: 5 }),
        async (program, lostEpisodes, period) => {
          const steps = numberSteps(program);
          let commits = 0;
          const outcome = await runWithCrashes(
            {
              orchestrator: interpretProgram,
              stubs: () => stubs,
              input: { steps, results: [] },
              events: steps
                .flatMap(awaitedEventNames)
                .map((name) => ({ name, data: name })),
              lostEpisodes,
              nextCrash: () =>
                (commits += 1) % period > 0
                  ? "none"
                  : commits % 2 === 0
                    ? "after commit"
                    : "during commit",
            },
            join(folder, String((runCount += 1))),
          );
          await expectExplainedOutcome(steps, outcome);
        },
      ),
      { numRuns: isSoak ? 300 : 15 },
    );
  }, 600_000);
});
