/** An orchestrator for each kind of request to the hub, with its expected output. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  EntityId,
  RetryOptions,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import type { CrashScenario } from "./crashing-hub";

type Orchestrator = (
  context: OrchestrationContext,
) => Generator<Task, unknown, never>;

export interface RestartScenario {
  readonly run: Orchestrator;
  readonly events?: CrashScenario["events"];
  readonly version?: string;
  readonly settings?: CrashScenario["settings"];
  readonly output: unknown;
  readonly customStatus?: unknown;
  /** The order of the recorded events differs from run to run. */
  readonly isConcurrent?: boolean;
  /** The output counts calls of an entity, which a lost episode repeats. */
  readonly countsCalls?: boolean;
}

const counter = new EntityId("counter", "one");
export const otherCounter = new EntityId("counter", "two");
const hour = 3_600_000;
const addMs = ({ df }: OrchestrationContext, ms: number): Date =>
  new Date(df.currentUtcDateTime.getTime() + ms);

/** Responds to a job with 202 twice, then with 200 and its result. */
export const slowServer = createServer(({ url = "" }, response) => {
  response.sendDate = false;
  const polls = Number(/\d+$/.exec(url)?.[0] ?? 0);
  const headers = {
    location: `${serverUrl()}/job/${polls + 1}`,
    "retry-after": "7",
  };
  if (polls < 2) response.writeHead(202, headers).end();
  else response.writeHead(200).end("made");
});
const serverUrl = (): string =>
  `http://127.0.0.1:${(slowServer.address() as AddressInfo).port}`;

export const restartScenarios: Readonly<Record<string, RestartScenario>> = {
  "an activity": {
    *run({ df }) {
      const first: unknown = yield df.callActivity("add", { n: 1 });
      return [first, yield df.callActivity("add", { n: 2 })];
    },
    output: [2, 3],
  },
  "an activity that succeeds at its third attempt": {
    *run({ df }) {
      const retry = new RetryOptions(5000, 3);
      retry.backoffCoefficient = 2;
      return yield df.callActivityWithRetry("add", retry, { n: 1, fails: 2 });
    },
    output: 2,
  },
  "an activity that fails at its last attempt": {
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
  "an activity that fails and has no retry policy": {
    *run({ df }) {
      try {
        yield df.callActivity("add", { n: 1, fails: 1 });
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
  "a sub-orchestration that succeeds at its third attempt": {
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
      yield context.df.createTimer(addMs(context, hour));
      return yield context.df.callActivity("add", { n: 1 });
    },
    output: 2,
  },
  "a timer that is longer than the maximum timer": {
    *run(context) {
      yield context.df.createTimer(addMs(context, 20 * 24 * hour));
      return context.df.currentUtcDateTime.toISOString().slice(0, 10);
    },
    output: "2026-01-21",
  },
  "a timer that is cancelled": {
    *run(context) {
      const timer = context.df.createTimer(addMs(context, hour));
      const work = context.df.callActivity("add", { n: 1 });
      const winner: unknown = yield context.df.Task.any([timer, work]);
      if (winner === work) timer.cancel();
      return [winner === work, yield context.df.callActivity("add", { n: 2 })];
    },
    output: [true, 3],
  },
  "a durable HTTP call that is polled": {
    *run({ df }) {
      const response: unknown = yield df.callHttp({
        method: "POST",
        url: `${serverUrl()}/job/0`,
      });
      const { statusCode, content } = response as {
        statusCode: number;
        content: string;
      };
      return [statusCode, content];
    },
    output: [200, "made"],
  },
  "calls and signals to entities": {
    countsCalls: true,
    *run({ df }) {
      const first: unknown = yield df.callEntity(counter, "add", 2);
      df.signalEntity(counter, "add", 3);
      return [first, yield df.callEntity(counter, "add", 4)];
    },
    output: [2, 9],
  },
  "an entity that signals another entity": {
    countsCalls: true,
    *run({ df }) {
      yield df.callEntity(counter, "signalOther", 1);
      yield df.callActivity("add", { n: 1 });
      return yield df.callEntity(otherCounter, "add", 0);
    },
    output: 1,
  },
  "an entity that throws": {
    countsCalls: true,
    *run({ df }) {
      try {
        yield df.callEntity(counter, "throw");
      } catch {
        return yield df.callEntity(counter, "add", 1);
      }
      return "not thrown";
    },
    output: 1,
  },
  "a critical section": {
    countsCalls: true,
    *run({ df }) {
      const lock = (yield df.lock([counter, otherCounter])) as unknown as {
        release(): void;
      };
      const first: unknown = yield df.callEntity(counter, "add", 1);
      const second: unknown = yield df.callEntity(otherCounter, "add", 10);
      lock.release();
      return [first, second, yield df.callEntity(counter, "add", 1)];
    },
    output: [1, 10, 2],
  },
  "a critical section that lasts until the end of the orchestration": {
    countsCalls: true,
    *run({ df }) {
      yield df.lock([counter, otherCounter]);
      return yield df.callEntity(otherCounter, "add", 1);
    },
    output: 1,
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
  "nested Task.any and Task.all": {
    *run(context) {
      const { df } = context;
      const late = df.createTimer(addMs(context, hour));
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
  "a race whose losers continue": {
    *run({ df }) {
      const tasks = [1, 2, 3].map((n) => df.callActivity("add", { n }));
      yield df.Task.any(tasks);
      return yield df.callActivity("add", { n: 4 });
    },
    isConcurrent: true,
    output: 5,
  },
  "continue-as-new with unconsumed events": {
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
  "a version, and a child with another version": {
    *run({ df }) {
      yield df.callActivity("add", { n: 1 });
      const of = df.callSubOrchestrator("version", null, "other", "1.1");
      return [df.version, yield of];
    },
    version: "1.2",
    settings: { defaultVersion: "1.2" },
    output: ["1.2", "1.1"],
  },
};
