/**
 * Random orchestrations in the fault mode. An orchestration cannot prevent that an action gets the answer of a lost one (the
 * real platform does the same), so its output may differ from the expected one. What holds:
 *
 * 1. Every orchestration completes, and the hub reports no problem.
 * 2. Each action is answered at most once, and only after its decision is in the history.
 * 3. The history replays deterministically.
 * 4. Without a foreign answer in the history, the output is the expected one.
 */
import type { OrchestrationContext } from "durable-functions";
import fc from "fast-check";
import type { LostEpisodesOptions } from "../../../durable-task/engine/orchestrations/lost-episodes";
import { checkReplay } from "../../../testing/check-replay";
import {
  countForeignAnswers,
  expectAnswersFollowActions,
} from "../../support/durable-task/answer-checks";
import { LossyHub } from "../../support/durable-task/lossy-hub";
import {
  arbitraryProgram,
  awaitedEventNames,
  expectedResults,
  interpretProgram,
  numberSteps,
  type ProgramStep,
} from "../../support/durable-task/random-programs";

interface ActInput {
  readonly key: number;
  readonly fails: number;
  readonly attempts?: number;
}

/** Resolves with the number of foreign answers. */
async function runProgram(
  program: readonly ProgramStep[],
  seed: number,
  rate: number,
): Promise<number> {
  const steps = numberSteps(program);
  await using lossy = createHub({ seed, rate });
  const { hub } = lossy;
  await lossy.start("tested", { steps, results: [] });
  for (const name of steps.flatMap(awaitedEventNames))
    await lossy.raise("tested", name, name);
  await lossy.runToEnd();

  const instance = hub.getInstance("tested");
  expect(instance?.status).toBe("Completed");
  expect(lossy.problems).toEqual([]);
  for (const { instanceId } of hub.listInstances({}))
    expectAnswersFollowActions(hub.getHistory(instanceId));
  await checkReplay(hub.getRecordedHistory("tested") ?? [], interpretProgram);
  const foreign = countForeignAnswers(hub.getHistory("tested"), (id) =>
    hub.getInstance(id),
  );
  const hasCompleteHistory = steps.every(
    ({ kind }) => kind !== "continueAsNew",
  );
  if (foreign === 0 && hasCompleteHistory)
    expect(JSON.parse(instance?.output ?? "")).toEqual(expectedResults(steps));
  return foreign;
}

const createHub = (lostEpisodes: LostEpisodesOptions): LossyHub =>
  new LossyHub({
    orchestrator: interpretProgram,
    lostEpisodes,
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
  });

interface EntityContext {
  readonly df: { getInput(): unknown; return(value: unknown): void };
}

test("random orchestrations complete in the fault mode, with the expected output unless an action got a foreign answer", async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryProgram,
      fc.nat(),
      fc.constantFrom(0.2, 0.5, 1),
      async (program, seed, rate) => {
        await runProgram(program, seed, rate);
      },
    ),
    { numRuns: process.env["SOAK"] === "1" ? 2000 : 100 },
  );
}, 600_000);
