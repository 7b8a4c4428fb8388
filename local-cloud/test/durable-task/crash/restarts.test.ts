/**
 * Whatever an orchestration asks for: a hub that is killed at every commit and opened anew brings it to the same
 * history and the same result, and makes no step again whose outcome was on disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EntityId, OrchestrationContext } from "durable-functions";
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

interface Sum {
  readonly n: number;
  readonly fails?: number;
}

const roles = (attempts: RecordedAttempts): Stubs => ({
  activities: {
    add: (input: Sum) => {
      if (attempts("add", input) < (input.fails ?? 0))
        throw new Error("not yet");
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
      if (df.operationName === "refuse") throw new Error("no");
      if (df.operationName === "tell") df.signalEntity(otherCounter, "add", 1);
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
/** The way to a failed activity is this test's, and another in each life. */
const stack = /\\+n {4}at [^"\\]*/g;
const frames: ReadonlySet<number> = new Set([
  EventType.OrchestratorStarted,
  EventType.OrchestratorCompleted,
]);

/** What is the same in every run: no times of the machine, no random ids, and not which events came together. */
const story = (
  { instances, histories }: CrashRunOutcome,
  isConcurrent: boolean,
) =>
  histories
    .map((history, index) => {
      const events = history
        .filter(({ event }) => !frames.has(event.EventType))
        .map(({ event, input }) =>
          JSON.stringify({ ...event, Timestamp: undefined, input }),
        )
        .map((text) => text.replaceAll(uuid, "id").replaceAll(stack, ""));
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

let plays = 0;
const played = (
  scenario: RestartScenario,
  fate: () => CrashPoint,
): Promise<CrashRunOutcome> =>
  runWithCrashes(
    {
      orchestrator: scenario.run,
      stubs: roles,
      nextCrash: fate,
      ...(scenario.events && { events: scenario.events }),
      ...(scenario.version && { version: scenario.version }),
      ...(scenario.settings && { settings: scenario.settings }),
    },
    join(folder, String((plays += 1))),
  );

const fates: Readonly<Record<string, () => () => CrashPoint>> = {
  "after every commit": () => () => "dies after",
  "within every commit, and after it": () => {
    let commits = 0;
    return () => ((commits += 1) % 2 === 1 ? "dies within" : "dies after");
  },
};

describe.each(Object.entries(restartScenarios))("%s", (_name, scenario) => {
  const isConcurrent = scenario.isConcurrent ?? false;
  let undisturbed: CrashRunOutcome;
  beforeAll(async () => {
    undisturbed = await played(scenario, () => "live");
  });

  test("comes to its result when nothing happens to the hub", () => {
    expect(undisturbed.runs).toHaveLength(1);
    const { status, output, customStatus } = undisturbed.instance;
    expect({ status, output: JSON.parse(output ?? "") as unknown }).toEqual({
      status: "Completed",
      output: scenario.output,
    });
    expect(JSON.parse(customStatus ?? "null")).toEqual(
      scenario.customStatus ?? null,
    );
  });

  test.each(Object.entries(fates))(
    "comes to the same when the hub dies %s",
    async (_when, fate) => {
      const outcome = await played(scenario, fate());
      expect(outcome.runs.length).toBeGreaterThan(3);
      expect(story(outcome, isConcurrent)).toEqual(
        story(undisturbed, isConcurrent),
      );
      const { output, customStatus } = undisturbed.instance;
      expect(outcome.instance).toMatchObject({ output, customStatus });
      const made = undisturbed.runs[0]?.made ?? new Map<string, number>();
      expectNoRepeatedCalls(outcome, made);
    },
  );
});
