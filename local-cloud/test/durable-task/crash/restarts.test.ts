/** A hub that crashes at every commit must produce the same history and result as one that does not, and repeat no recorded attempt. */
import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EntityId, OrchestrationContext } from "durable-functions";
import type { LostEpisodesOptions } from "../../../durable-task/engine/orchestrations/lost-episodes";
import { EventType } from "../../../durable-task/model/history-event";
import type { Stubs } from "../../../testing/stubs";
import {
  type RecordedAttempts,
  expectNoRepeatedCalls,
  type CrashPoint,
  type CrashRunOutcome,
  runWithCrashes,
} from "../../support/durable-task/crashing-hub";
import {
  otherCounter,
  type RestartScenario,
  restartScenarios,
  slowServer,
} from "../../support/durable-task/restart-scenarios";

interface AddInput {
  readonly n: number;
  readonly fails?: number;
}

const stubs = (attempts: RecordedAttempts): Stubs => ({
  activities: {
    add: (input: AddInput) => {
      if (attempts("add", input) < (input.fails ?? 0))
        throw new Error("this attempt fails");
      return input.n + 1;
    },
  },
  subOrchestrators: {
    version: function* ({ df }: OrchestrationContext) {
      yield df.callActivity("add", { n: 2 });
      return df.version;
    },
    child: function* ({ df }: OrchestrationContext) {
      return (yield df.callActivity("add", df.getInput())) as unknown;
    },
  },
  entities: {
    counter: ({ df }: { df: EntityMethods }) => {
      if (df.operationName === "throw") throw new Error("refused");
      if (df.operationName === "signalOther")
        df.signalEntity(otherCounter, "add", 1);
      const sum = (df.getState(() => 0) ?? 0) + df.getInput();
      df.setState(sum);
      df.return(sum);
    },
  },
});
interface EntityMethods {
  readonly operationName: string;
  getState(initial: () => number): number | undefined;
  getInput(): number;
  setState(value: number): void;
  return(value: number): void;
  signalEntity(id: EntityId, operation: string, input: number): void;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Stack traces differ from run to run. */
const stackTrace = /\\+n {4}at [^"\\]*/g;
const episodeBounds: ReadonlySet<number> = new Set([
  EventType.OrchestratorStarted,
  EventType.OrchestratorCompleted,
]);

/** The histories without the parts that differ from run to run: times, random ids, stack traces and the division into episodes. */
const toComparableHistories = (
  { instances, histories }: CrashRunOutcome,
  isConcurrent: boolean,
) =>
  histories
    .map((history, index) => {
      const events = history
        .filter(({ event }) => !episodeBounds.has(event.EventType))
        .map(({ event, input }) =>
          JSON.stringify({ ...event, Timestamp: undefined, input }),
        )
        .map((text) => text.replaceAll(uuid, "id").replaceAll(stackTrace, ""));
      const id = instances[index]?.instanceId.replaceAll(uuid, "id");
      return { id, events: isConcurrent ? events.sort() : events };
    })
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const folder = mkdtempSync(join(tmpdir(), "restarts-"));
beforeAll(async () => {
  await once(slowServer.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  slowServer.close();
  rmSync(folder, { recursive: true });
});

let runCount = 0;
const runScenario = (
  scenario: RestartScenario,
  nextCrash: () => CrashPoint,
  lostEpisodes?: LostEpisodesOptions,
): Promise<CrashRunOutcome> =>
  runWithCrashes(
    {
      orchestrator: scenario.run,
      stubs,
      nextCrash,
      ...(scenario.events && { events: scenario.events }),
      ...(scenario.version && { version: scenario.version }),
      ...(scenario.settings && { settings: scenario.settings }),
      ...(lostEpisodes && { lostEpisodes }),
    },
    join(folder, String((runCount += 1))),
  );

const crashPlans: Readonly<Record<string, () => () => CrashPoint>> = {
  "after every commit": () => () => "after commit",
  "during and after every commit, in turn": () => {
    let commits = 0;
    return () => ((commits += 1) % 2 === 1 ? "during commit" : "after commit");
  },
};

describe.each(Object.entries(restartScenarios))("%s", (_name, scenario) => {
  const isConcurrent = scenario.isConcurrent ?? false;
  let withoutCrash: CrashRunOutcome;
  beforeAll(async () => {
    withoutCrash = await runScenario(scenario, () => "none");
  });

  test("returns the expected output when the hub does not crash", () => {
    expect(withoutCrash.runs).toHaveLength(1);
    const { status, output, customStatus } = withoutCrash.instance;
    expect({ status, output: JSON.parse(output ?? "") as unknown }).toEqual({
      status: "Completed",
      output: scenario.output,
    });
    expect(JSON.parse(customStatus ?? "null")).toEqual(
      scenario.customStatus ?? null,
    );
  });

  test.each(Object.entries(crashPlans))(
    "has the same history and output when the hub crashes %s",
    async (_when, createPlan) => {
      const outcome = await runScenario(scenario, createPlan());
      expect(outcome.runs.length).toBeGreaterThan(3);
      expect(toComparableHistories(outcome, isConcurrent)).toEqual(
        toComparableHistories(withoutCrash, isConcurrent),
      );
      const { output, customStatus } = withoutCrash.instance;
      expect(outcome.instance).toMatchObject({ output, customStatus });
      const made = withoutCrash.runs[0]?.made ?? new Map<string, number>();
      expectNoRepeatedCalls(outcome, made);
    },
  );

  // Histories differ by the division into episodes, and calls are repeated. The output is the same, except for sums in entities.
  test.each([
    ["does not crash", () => "none" as const],
    ["crashes after every third commit", createThirdCommitPlan()],
  ])(
    "completes with the expected output when the hub loses episodes and %s",
    async (_when, nextCrash) => {
      const lost = { seed: 1, rate: 0.5 };
      const { instance } = await runScenario(scenario, nextCrash, lost);
      expect(instance.status).toBe("Completed");
      if (scenario.countsCalls !== true)
        expect(JSON.parse(instance.output ?? "")).toEqual(scenario.output);
    },
  );
});

function createThirdCommitPlan(): () => CrashPoint {
  let commits = 0;
  return () => ((commits += 1) % 3 === 0 ? "after commit" : "none");
}
