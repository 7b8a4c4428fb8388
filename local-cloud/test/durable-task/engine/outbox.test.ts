/** When a message is handed over, and what is told meanwhile: see O2 and O4 of `src/local/durable-task/orchestrations/orchestrations.ts`. */
import {
  EntityId,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import { EventType } from "../../../durable-task/model/history-event";
import { TaskHub } from "../../../durable-task/engine/task-hub";
import { parseDurableTaskSettings } from "../../../durable-task/engine/settings";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type {
  HubCommit,
  TaskHubStore,
} from "../../../durable-task/store/task-hub-store";
import { registerStubs } from "../../../testing/stubs";
import { eventually } from "../../support/shared/eventually";

const calls = 20;
/** The ids of the instances that have run. */
const ran = new Set<string>();

function* lead({
  df,
}: OrchestrationContext): Generator<Task, unknown, unknown> {
  ran.add(df.instanceId);
  if (df.getInput() === "wait") return yield df.waitForExternalEvent("go");
  let last: unknown;
  for (let call = 0; call < calls; call += 1)
    last = yield df.callEntity(new EntityId("counter", "a"), "add", 1);
  return last;
}

/** A hub of which the disk can be made to take its time. */
class SlowDisk {
  readonly store = openTaskHubStore(":memory:");
  readonly flushed: (readonly HubCommit[])[] = [];
  readonly hub: TaskHub;
  #wait: Promise<void> | undefined;
  #release: () => void = () => undefined;

  constructor(settings: object = {}) {
    const cast = registerStubs(lead, {
      entities: {
        counter: ({ df }: { df: Counter }) => {
          df.setState(df.getState(() => 0) + df.getInput());
          df.return(df.getState(() => 0));
        },
      },
    });
    const commit = async (commits: readonly HubCommit[]): Promise<void> => {
      this.flushed.push(commits);
      await this.#wait;
      await this.store.commit(commits);
    };
    const slow = new Proxy(this.store, {
      get: (target, name: keyof TaskHubStore) =>
        name === "commit" ? commit : target[name].bind(target),
    });
    const wrong = (...problem: unknown[]): never => {
      throw new Error(`Not expected: ${String(problem)}`);
    };
    this.hub = new TaskHub({
      store: slow,
      settings: parseDurableTaskSettings(settings),
      functions: cast.functions,
      invoke: cast.invoke,
      reportProblem: wrong,
      onFatalError: wrong,
    });
  }

  hold(): void {
    this.#wait = new Promise((resolve) => {
      this.#release = resolve;
    });
  }
  release(): void {
    this.#wait = undefined;
    this.#release();
  }
}

interface Counter {
  getState(initial: () => number): number;
  setState(state: number): void;
  getInput(): number;
  return(value: number): void;
}

let disk: SlowDisk;
beforeEach(() => {
  ran.clear();
  disk = new SlowDisk();
});
afterEach(async () => {
  jest.restoreAllMocks();
  disk.release();
  await disk.hub.stop(1000);
});

const start = (input: string, instanceId = "one") =>
  disk.hub.start({
    name: disk.hub.functions.orchestrator[0] ?? "",
    instanceId,
    input: JSON.stringify(input),
  });
const inFlight = () =>
  eventually(() => {
    expect(disk.flushed.length).toBeGreaterThan(0);
    return Promise.resolve();
  });

test("a start and a call of an entity cost one flush each: their answers are taken up with them", async () => {
  await start("count");
  const ended = await disk.hub.waitForEnd("one", new AbortController().signal);
  expect(ended).toMatchObject({ status: "Completed", output: String(calls) });
  expect(disk.flushed).toHaveLength(1 + calls);
});

test("nobody is told of an instance whose beginning is not on disk yet", async () => {
  disk.hold();
  const starting = start("wait");
  await inFlight();
  expect(disk.flushed[0]).toHaveLength(2); // the beginning, and what its first turn has come to
  expect(disk.hub.getInstance("one")).toBeUndefined();
  expect(
    await disk.hub.send("one", {
      EventType: EventType.EventRaised,
      Name: "go",
      Input: "1",
    }),
  ).toBe("unknown");
  expect(await start("wait")).toEqual({ running: "Pending" });
  disk.release();
  expect(await starting).toEqual({ id: "one" });
  expect(disk.hub.getInstance("one")?.name).toBe(
    disk.hub.functions.orchestrator[0],
  );
});

test("of an instance that takes the place of another, the other is told until its beginning is on disk", async () => {
  await start("count");
  const before = await disk.hub.waitForEnd("one", new AbortController().signal);
  disk.flushed.length = 0;
  disk.hold();
  const starting = start("wait");
  await inFlight();
  expect(disk.hub.getInstance("one")).toEqual(before);
  disk.release();
  await starting;
  expect(disk.hub.getInstance("one")?.executionId).not.toBe(
    before?.executionId,
  );
});

test("what comes for an instance while its end is on its way to disk does not stay in the inbox", async () => {
  await start("wait");
  await disk.hub.whenIdle();
  const go = {
    EventType: EventType.EventRaised,
    Name: "go",
    Input: "1",
  } as const;
  disk.flushed.length = 0;
  disk.hold();
  const sent = disk.hub.send("one", go);
  await inFlight();
  const late = disk.hub.send("one", go);
  disk.release();
  expect(await Promise.all([sent, late])).toEqual(["accepted", "accepted"]);
  await disk.hub.whenIdle();
  expect(disk.hub.getInstance("one")?.status).toBe("Completed");
  expect(disk.store.inbox()).toEqual([]);
});

test("an instance on its way to disk takes up none of the places for those that run", async () => {
  await disk.hub.stop(1000);
  disk = new SlowDisk({ maxConcurrentOrchestratorFunctions: 1 });
  disk.hold();
  const both = Promise.all([start("wait"), start("wait", "two")]);
  await eventually(() => {
    expect([...ran]).toEqual(["one", "two"]);
    return Promise.resolve();
  });
  expect(disk.hub.getInstance("one")).toBeUndefined();
  disk.release();
  await both;
});

test("an id that nobody chose is as the real host's, and grows with time", async () => {
  const { hub } = disk;
  const name = hub.functions.orchestrator[0] ?? "";
  const ids: string[] = [];
  for (const at of [
    1, 1_772_323_200_000, 1_772_323_200_001, 9_999_999_999_999,
  ]) {
    jest.spyOn(Date, "now").mockReturnValue(at);
    const started = await hub.start({ name, input: '"wait"' });
    ids.push("id" in started ? started.id : "");
  }
  expect(
    ids.filter(
      (id) => !/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(id),
    ),
  ).toEqual([]);
  expect(ids).toEqual([...ids].sort());
});

test("of two starts at once under one id the later one stays, in memory as on disk", async () => {
  await disk.hub.stop(1000);
  disk = new SlowDisk({ overridableExistingInstanceStates: "AnyState" });
  expect(await Promise.all([start("wait"), start("count")])).toEqual([
    { id: "one" },
    { id: "one" },
  ]);
  const ended = await disk.hub.waitForEnd("one", new AbortController().signal);
  expect(ended).toMatchObject({ input: '"count"', output: String(calls) });
  await disk.hub.whenIdle();
  expect(disk.store.instance("one")).toEqual(ended);
  const begun = disk.store
    .history("one")
    .flatMap(({ event }) =>
      event.EventType === EventType.ExecutionStarted
        ? event.OrchestrationInstance.ExecutionId
        : [],
    );
  expect(begun).toEqual([ended?.executionId]);
  expect(disk.store.inbox()).toEqual([]);
});
