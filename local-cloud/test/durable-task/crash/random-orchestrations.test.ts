/**
 * Random orchestrations, on the pure hub and on real files: whatever they ask for, in whatever order and company the answers
 * come, and wherever a turn is lost or the hub dies, they end with the results that a direct evaluation gives. An extended
 * session comes to the same as a replay at every turn.
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
import { PureHub } from "../../support/durable-task/pure-hub";
import {
  awaitedEventNames,
  expectedResults,
  interpretProgram,
  numberSteps,
  arbitraryProgram,
  type ProgramProgress,
  type ProgramStep,
} from "../../support/durable-task/random-programs";

const runs = (every: number): number =>
  process.env["AOS_SOAK"] === "1" ? 20 * every : every;

describe("random orchestrations", () => {
  /** Plays a program with the messages in any order and company; gives how many turns a session has played. */
  async function endsInAnyOrder(
    generated: readonly ProgramStep[],
    random: fc.Stream<number>,
  ): Promise<number> {
    const pick = (below: number): number => Number(random.next().value) % below;
    const input = numberSteps(generated);
    const hub = new PureHub(
      interpretProgram,
      { steps: input, results: [] },
      createTaskResponder(),
    );
    for (const name of input.flatMap(awaitedEventNames)) hub.raise(name, name);
    for (let turns = 0; !hub.hasEnded; turns++) {
      if (hub.pending.length === 0 || turns > 500)
        throw new Error(
          `It hangs after ${turns} turns: ${JSON.stringify(hub.history.events)}`,
        );
      const start = hub.pending.find(
        ({ event }) => event.EventType === EventType.ExecutionStarted,
      );
      const shuffled = hub.pending
        .map((message) => ({ message, at: pick(1000) }))
        .sort((a, b) => a.at - b.at)
        .map(({ message }) => message);
      const some = start
        ? [start]
        : shuffled.slice(0, 1 + pick(shuffled.length));
      // A turn that is computed and lost leaves no trace.
      if (pick(3) === 0) await hub.turn(some);
      if (pick(6) === 0) hub.dropSession();
      await hub.deliver(some);
    }
    expect(hub.instance).toMatchObject({ status: "Completed" });
    expect(JSON.parse(hub.instance.output ?? "")).toEqual(
      expectedResults(input),
    );
    return hub.sessionTurns;
  }

  test("end with the right results in every order, with and without turns and sessions that are lost", async () => {
    let sessionTurns = 0;
    await fc.assert(
      fc.asyncProperty(
        arbitraryProgram,
        fc.infiniteStream(fc.nat()),
        async (generated, random) => {
          sessionTurns += await endsInAnyOrder(generated, random);
        },
      ),
      { numRuns: runs(300) },
    );
    expect(sessionTurns).toBeGreaterThan(300);
  });

  const folder = mkdtempSync(join(tmpdir(), "random-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  let plays = 0;

  /** Plays a program on real files; the hub meets its fate at each commit. */
  async function ends(
    generated: readonly ProgramStep[],
    fate: () => CrashPoint,
  ) {
    const steps = numberSteps(generated);
    const input: ProgramProgress = { steps, results: [] };
    const names = steps.flatMap(awaitedEventNames);
    const roles = (attempts: RecordedAttempts): Stubs => ({
      activities: {
        act: (task: { readonly key: number; readonly fails: number }) => {
          if (attempts("act", task) < task.fails) throw new Error("no");
          return task.key;
        },
      },
      subOrchestrators: {
        child: function* ({ df }: OrchestrationContext) {
          return (yield df.callActivity("act", df.getInput())) as unknown;
        },
      },
      entities: {
        counter: ({ df }: EntityRun) => {
          df.return(df.getInput());
        },
      },
    });
    const events = names.map((name) => ({ name, data: name }));
    const { instance } = await runWithCrashes(
      {
        orchestrator: interpretProgram,
        stubs: roles,
        input,
        events,
        nextCrash: fate,
      },
      join(folder, String((plays += 1))),
    );
    expect(instance.status).toBe("Completed");
    expect(JSON.parse(instance.output ?? "")).toEqual(expectedResults(steps));
  }

  const fates: fc.Arbitrary<readonly CrashPoint[]> = fc.array(
    fc.constantFrom<CrashPoint>("live", "live", "dies after", "dies within"),
    { minLength: 1, maxLength: 30 },
  );
  test("end with the right results on real files, whenever the hub dies", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, fates, async (generated, plan) => {
        const next = plan.values();
        await ends(generated, () => next.next().value ?? "live");
      }),
      { numRuns: runs(40) },
    );
  }, 600_000);

  test("end with the right results when the hub dies after every commit", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, (generated) =>
        ends(generated, () => "dies after"),
      ),
      { numRuns: runs(15) },
    );
  }, 600_000);
});

interface EntityRun {
  readonly df: { getInput(): unknown; return(value: unknown): void };
}
