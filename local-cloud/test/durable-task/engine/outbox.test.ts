/** The order of delivery and commit, and the visibility of uncommitted changes: invariants O2 and O4 of `OrchestrationDispatcher`. */
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

const callCount = 20;
/** The ids of the instances whose function has run. */
const startedIds = new Set<string>();

function* countOrWait({
  df,
}: OrchestrationContext): Generator<Task, unknown, unknown> {
  startedIds.add(df.instanceId);
  if (df.getInput() === "wait") return yield df.waitForExternalEvent("go");
  let last: unknown;
  for (let call = 0; call < callCount; call += 1)
    last = yield df.callEntity(new EntityId("counter", "a"), "add", 1);
  return last;
}

/** A hub whose commits can be paused. */
class PausableHub {
  readonly store = openTaskHubStore(":memory:");
  readonly flushed: (readonly HubCommit[])[] = [];
  readonly hub: TaskHub;
  #resumed: Promise<void> | undefined;
  #resolveResumed: () => void = () => undefined;

  constructor(settings: object = {}) {
    const { functions, invoke } = registerStubs(countOrWait, {
      entities: {
        counter: ({ df }: { df: Counter }) => {
          df.setState(df.getState(() => 0) + df.getInput());
          df.return(df.getState(() => 0));
        },
      },
    });
    const commit = async (commits: readonly HubCommit[]): Promise<void> => {
      this.flushed.push(commits);
      await this.#resumed;
      await this.store.commit(commits);
    };
    const pausableStore = new Proxy(this.store, {
      get: (target, name: keyof TaskHubStore) =>
        name === "commit" ? commit : target[name].bind(target),
    });
    const throwProblem = (...problem: unknown[]): never => {
      throw new Error(`The hub reported a problem: ${String(problem)}`);
    };
    this.hub = new TaskHub({
      store: pausableStore,
      settings: parseDurableTaskSettings(settings),
      functions,
      invoke,
      reportProblem: throwProblem,
      onFatalError: throwProblem,
    });
  }

  pauseCommits(): void {
    this.#resumed = new Promise((resolve) => {
      this.#resolveResumed = resolve;
    });
  }
  resumeCommits(): void {
    this.#resumed = undefined;
    this.#resolveResumed();
  }
}

interface Counter {
  getState(initial: () => number): number;
  setState(state: number): void;
  getInput(): number;
  return(value: number): void;
}

let pausable: PausableHub;
beforeEach(() => {
  startedIds.clear();
  pausable = new PausableHub();
});
afterEach(async () => {
  jest.restoreAllMocks();
  pausable.resumeCommits();
  await pausable.hub.stop(1000);
});

const start = (input: string, instanceId = "one") =>
  pausable.hub.start({
    name: pausable.hub.functions.orchestrator[0] ?? "",
    instanceId,
    input: JSON.stringify(input),
  });
const waitForFirstFlush = () =>
  eventually(() => {
    expect(pausable.flushed.length).toBeGreaterThan(0);
    return Promise.resolve();
  });

test("needs one flush for a start and one for each entity call: the resulting episode joins the flush of its message", async () => {
  await start("count");
  const ended = await pausable.hub.waitForEnd(
    "one",
    new AbortController().signal,
  );
  expect(ended).toMatchObject({
    status: "Completed",
    output: String(callCount),
  });
  expect(pausable.flushed).toHaveLength(1 + callCount);
});

test("hides an instance whose start is not durable yet", async () => {
  pausable.pauseCommits();
  const starting = start("wait");
  await waitForFirstFlush();
  expect(pausable.flushed[0]).toHaveLength(2); // the start, and the result of the first episode
  expect(pausable.hub.getInstance("one")).toBeUndefined();
  expect(
    await pausable.hub.send("one", {
      EventType: EventType.EventRaised,
      Name: "go",
      Input: "1",
    }),
  ).toBe("unknown");
  expect(await start("wait")).toEqual({ existingStatus: "Pending" });
  pausable.resumeCommits();
  expect(await starting).toEqual({ id: "one" });
  expect(pausable.hub.getInstance("one")?.name).toBe(
    pausable.hub.functions.orchestrator[0],
  );
});

test("returns the replaced instance until the start of its replacement is durable", async () => {
  await start("count");
  const before = await pausable.hub.waitForEnd(
    "one",
    new AbortController().signal,
  );
  pausable.flushed.length = 0;
  pausable.pauseCommits();
  const starting = start("wait");
  await waitForFirstFlush();
  expect(pausable.hub.getInstance("one")).toEqual(before);
  pausable.resumeCommits();
  await starting;
  expect(pausable.hub.getInstance("one")?.executionId).not.toBe(
    before?.executionId,
  );
});

test("removes a message from the inbox that arrives while the commit of the instance's end is in flight", async () => {
  await start("wait");
  await pausable.hub.whenIdle();
  const go = {
    EventType: EventType.EventRaised,
    Name: "go",
    Input: "1",
  } as const;
  pausable.flushed.length = 0;
  pausable.pauseCommits();
  const sent = pausable.hub.send("one", go);
  await waitForFirstFlush();
  const late = pausable.hub.send("one", go);
  pausable.resumeCommits();
  expect(await Promise.all([sent, late])).toEqual(["accepted", "accepted"]);
  await pausable.hub.whenIdle();
  expect(pausable.hub.getInstance("one")?.status).toBe("Completed");
  expect(pausable.store.inbox()).toEqual([]);
});

test("releases the concurrency slot of an instance while its commit is in flight", async () => {
  await pausable.hub.stop(1000);
  pausable = new PausableHub({ maxConcurrentOrchestratorFunctions: 1 });
  pausable.pauseCommits();
  const starts = Promise.all([start("wait"), start("wait", "two")]);
  await eventually(() => {
    expect([...startedIds]).toEqual(["one", "two"]);
    return Promise.resolve();
  });
  expect(pausable.hub.getInstance("one")).toBeUndefined();
  pausable.resumeCommits();
  await starts;
});

test("generates ids in the format of the Azure host (32 hexadecimal digits of a UUIDv7) that sort by time", async () => {
  const { hub } = pausable;
  const name = hub.functions.orchestrator[0] ?? "";
  const ids: string[] = [];
  for (const now of [
    1, 1_772_323_200_000, 1_772_323_200_001, 9_999_999_999_999,
  ]) {
    jest.spyOn(Date, "now").mockReturnValue(now);
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

test("keeps the later of two concurrent starts with the same id, in memory and on disk", async () => {
  await pausable.hub.stop(1000);
  pausable = new PausableHub({ overridableExistingInstanceStates: "AnyState" });
  expect(await Promise.all([start("wait"), start("count")])).toEqual([
    { id: "one" },
    { id: "one" },
  ]);
  const ended = await pausable.hub.waitForEnd(
    "one",
    new AbortController().signal,
  );
  expect(ended).toMatchObject({ input: '"count"', output: String(callCount) });
  await pausable.hub.whenIdle();
  expect(pausable.store.instance("one")).toEqual(ended);
  const startedExecutions = pausable.store
    .history("one")
    .flatMap(({ event }) =>
      event.EventType === EventType.ExecutionStarted
        ? event.OrchestrationInstance.ExecutionId
        : [],
    );
  expect(startedExecutions).toEqual([ended?.executionId]);
  expect(pausable.store.inbox()).toEqual([]);
});
