/**
 * Whatever an orchestration asks for: a hub that is killed at every commit and opened anew brings it to the same
 * history and the same result, and makes no step again whose outcome was on disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EntityId,
  RetryOptions,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import { EventType } from "../../../src/local/durable-task/history-event";
import type { Roles } from "../../../src/local/testing/cast";
import {
  type Attempts,
  type Drama,
  expectNoneTwice,
  type Fate,
  type Outcome,
  play,
} from "./mortal-hub";

type Orchestrator = (
  context: OrchestrationContext,
) => Generator<Task, unknown, never>;

interface Scenario {
  readonly run: Orchestrator;
  readonly events?: Drama["events"];
  readonly version?: string;
  readonly output: unknown;
  readonly customStatus?: unknown;
  /** What runs side by side is recorded in any order. */
  readonly isConcurrent?: boolean;
}

const counter = new EntityId("counter", "one");
const other = new EntityId("counter", "two");
const hour = 3_600_000;
const after = ({ df }: OrchestrationContext, ms: number): Date =>
  new Date(df.currentUtcDateTime.getTime() + ms);

/** Answers a job with 202 twice, and then with its result. */
const server = createServer(({ url = "" }, response) => {
  response.sendDate = false;
  const polls = Number(/\d+$/.exec(url)?.[0] ?? 0);
  const headers = {
    location: `${base()}/job/${polls + 1}`,
    "retry-after": "7",
  };
  if (polls < 2) response.writeHead(202, headers).end();
  else response.writeHead(200).end("made");
});
const base = (): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const scenarios: Readonly<Record<string, Scenario>> = {
  "an activity": {
    *run({ df }) {
      const first: unknown = yield df.callActivity("add", { n: 1 });
      return [first, yield df.callActivity("add", { n: 2 })];
    },
    output: [2, 3],
  },
  "an activity that is tried again": {
    *run({ df }) {
      const retry = new RetryOptions(5000, 3);
      retry.backoffCoefficient = 2;
      return yield df.callActivityWithRetry("add", retry, { n: 1, fails: 2 });
    },
    output: 2,
  },
  "an activity that fails for good": {
    *run({ df }) {
      try {
        yield df.callActivityWithRetry("add", new RetryOptions(5000, 2), {
          n: 1,
          fails: 2,
        });
      } catch {
        return yield df.callActivity("add", { n: 4 });
      }
      return "not failed";
    },
    output: 5,
  },
  "a sub-orchestration": {
    *run({ df }) {
      const of: unknown = yield df.callSubOrchestrator("child", { n: 1 });
      return [of, yield df.callSubOrchestrator("child", { n: 2 }, "named")];
    },
    output: [2, 3],
  },
  "a sub-orchestration that is tried again": {
    *run({ df }) {
      const retry = new RetryOptions(5000, 3);
      return yield df.callSubOrchestratorWithRetry("child", retry, {
        n: 1,
        fails: 2,
      });
    },
    output: 2,
  },
  "a timer": {
    *run(context) {
      yield context.df.createTimer(after(context, hour));
      return yield context.df.callActivity("add", { n: 1 });
    },
    output: 2,
  },
  "a timer that is longer than the longest": {
    *run(context) {
      yield context.df.createTimer(after(context, 20 * 24 * hour));
      return context.df.currentUtcDateTime.toISOString().slice(0, 10);
    },
    output: "2026-01-21",
  },
  "a timer that is cancelled": {
    *run(context) {
      const timer = context.df.createTimer(after(context, hour));
      const work = context.df.callActivity("add", { n: 1 });
      const winner: unknown = yield context.df.Task.any([timer, work]);
      if (winner === work) timer.cancel();
      return [winner === work, yield context.df.callActivity("add", { n: 2 })];
    },
    output: [true, 3],
  },
  "a durable HTTP call that is polled": {
    *run({ df }) {
      const answer: unknown = yield df.callHttp({
        method: "POST",
        url: `${base()}/job/0`,
      });
      const { statusCode, content } = answer as {
        statusCode: number;
        content: string;
      };
      return [statusCode, content];
    },
    output: [200, "made"],
  },
  "calls and signals of entities": {
    *run({ df }) {
      const first: unknown = yield df.callEntity(counter, "add", 2);
      df.signalEntity(counter, "add", 3);
      return [first, yield df.callEntity(counter, "add", 4)];
    },
    output: [2, 9],
  },
  "an entity that refuses": {
    *run({ df }) {
      try {
        yield df.callEntity(counter, "refuse");
      } catch {
        return yield df.callEntity(counter, "add", 1);
      }
      return "not refused";
    },
    output: 1,
  },
  "a critical section": {
    *run({ df }) {
      const lock = (yield df.lock([counter, other])) as unknown as {
        release(): void;
      };
      const first: unknown = yield df.callEntity(counter, "add", 1);
      const second: unknown = yield df.callEntity(other, "add", 10);
      lock.release();
      return [first, second, yield df.callEntity(counter, "add", 1)];
    },
    output: [1, 10, 2],
  },
  "external events": {
    *run({ df }) {
      const b: unknown = yield df.waitForExternalEvent("b");
      return [b, yield df.waitForExternalEvent("a")];
    },
    events: [
      { name: "a", data: 1 },
      { name: "b", data: { two: 2 } },
    ],
    output: [{ two: 2 }, 1],
  },
  "nests of any and all": {
    *run(context) {
      const { df } = context;
      const late = df.createTimer(after(context, hour));
      const winner: unknown = yield df.Task.any([
        df.Task.all([
          df.callActivity("add", { n: 1 }),
          df.callSubOrchestrator("child", { n: 2 }),
        ]),
        df.Task.any([late, df.waitForExternalEvent("never")]),
      ]);
      const all = (winner as Task).result;
      yield df.Task.any([late, df.waitForExternalEvent("neither")]);
      return all;
    },
    isConcurrent: true,
    output: [2, 3],
  },
  "continue-as-new with events that are carried over": {
    *run({ df }) {
      const { left, sum } = df.getInput<
        { left: number; sum: number } | undefined
      >() ?? { left: 3, sum: 0 };
      const got: unknown =
        left === 3
          ? yield df.waitForExternalEvent("e3")
          : yield df.waitForExternalEvent(`e${left}`);
      const more: unknown = yield df.callActivity("add", { n: left * 10 });
      const next = { left: left - 1, sum: sum + Number(got) + Number(more) };
      if (next.left > 0) df.continueAsNew(next);
      return next.sum;
    },
    events: [
      { name: "e1", data: 1 },
      { name: "e2", data: 2 },
      { name: "e3", data: 3 },
    ],
    output: 69,
  },
  "a custom status": {
    *run({ df }) {
      df.setCustomStatus({ at: "one" });
      yield df.callActivity("add", { n: 1 });
      df.setCustomStatus({ at: "two" });
      return yield df.callActivity("add", { n: 2 });
    },
    output: 3,
    customStatus: { at: "two" },
  },
  "a version": {
    *run({ df }) {
      yield df.callActivity("add", { n: 1 });
      return df.version;
    },
    version: "1.2",
    output: "1.2",
  },
};

interface Sum {
  readonly n: number;
  readonly fails?: number;
}

const roles = (attempts: Attempts): Roles => ({
  activities: {
    add: (input: Sum) => {
      if (attempts("add", input) < (input.fails ?? 0))
        throw new Error("not yet");
      return input.n + 1;
    },
  },
  subOrchestrators: {
    child: function* ({ df }: OrchestrationContext) {
      return (yield df.callActivity("add", df.getInput())) as unknown;
    },
  },
  entities: {
    counter: ({ df }: { df: EntityMethods }) => {
      if (df.operationName === "refuse") throw new Error("no");
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
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** The way to a failed activity is this test's, and another in each life. */
const stack = /\\+n {4}at [^"\\]*/g;
const frames: ReadonlySet<number> = new Set([
  EventType.OrchestratorStarted,
  EventType.OrchestratorCompleted,
]);

/** What is the same in every run: no times of the machine, no random ids, and not which events came together. */
const story = ({ instances, histories }: Outcome, isConcurrent: boolean) =>
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
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

let plays = 0;
const played = (scenario: Scenario, fate: () => Fate): Promise<Outcome> =>
  play(
    {
      orchestrator: scenario.run,
      roles,
      fate,
      ...(scenario.events && { events: scenario.events }),
      ...(scenario.version && { version: scenario.version }),
    },
    join(folder, String((plays += 1))),
  );

const fates: Readonly<Record<string, () => () => Fate>> = {
  "after every commit": () => () => "dies after",
  "within every commit, and after it": () => {
    let commits = 0;
    return () => ((commits += 1) % 2 === 1 ? "dies within" : "dies after");
  },
};

describe.each(Object.entries(scenarios))("%s", (_name, scenario) => {
  const isConcurrent = scenario.isConcurrent ?? false;
  let undisturbed: Outcome;
  beforeAll(async () => {
    undisturbed = await played(scenario, () => "live");
  });

  test("comes to its result when nothing happens to the hub", () => {
    expect(undisturbed.lives).toHaveLength(1);
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
      expect(outcome.lives.length).toBeGreaterThan(3);
      expect(story(outcome, isConcurrent)).toEqual(
        story(undisturbed, isConcurrent),
      );
      const { output, customStatus } = undisturbed.instance;
      expect(outcome.instance).toMatchObject({ output, customStatus });
      const made = undisturbed.lives[0]?.made ?? new Map<string, number>();
      expectNoneTwice(outcome, made);
    },
  );
});
