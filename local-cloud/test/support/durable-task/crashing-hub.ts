/**
 * Runs an orchestration on a hub with real files that crashes at commits. A crash discards the memory of the hub; the next
 * hub opens copies of the files from that instant and continues at the same virtual time.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { InvokeFunction } from "../../../durable-task/engine/engine-context";
import type { LostEpisodesOptions } from "../../../durable-task/engine/orchestrations/lost-episodes";
import { EventType } from "../../../durable-task/model/history-event";
import { TaskHub } from "../../../durable-task/engine/task-hub";
import {
  isInstanceEnded,
  type Instance,
} from "../../../durable-task/model/instance";
import { parseDurableTaskSettings } from "../../../durable-task/engine/settings";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type {
  HubCommit,
  TaskHubStore,
} from "../../../durable-task/store/task-hub-store";
import type { StoredEvent } from "../../../durable-task/model/stored-event";
import { VirtualClock } from "../../../shared/time/virtual-clock";
import {
  type FunctionRegistry,
  registerStubs,
  type Stubs,
} from "../../../testing/stubs";
import { incrementCount, CommitLedger } from "./commit-ledger";
import { copyHubFiles, readCommitLog, tearLastWrite } from "./crash-files";

/** Whether the hub crashes at a commit: not at all, when the commit is durable, or while it is written. */
export type CrashPoint = "none" | "after commit" | "during commit";

interface ExternalEvent {
  readonly name: string;
  readonly data: unknown;
}
export interface CrashScenario {
  readonly orchestrator: Parameters<typeof registerStubs>[0];
  readonly stubs: (attempts: RecordedAttempts) => Stubs;
  readonly input?: unknown;
  readonly version?: string;
  readonly events?: readonly ExternalEvent[];
  /** `extensions.durableTask` of host.json. */
  readonly settings?: object;
  readonly lostEpisodes?: LostEpisodesOptions;
  /** Called at each commit. */
  readonly nextCrash: () => CrashPoint;
}

/** The number of durable attempts, failed or not, of an activity with this input. */
export type RecordedAttempts = (activity: string, input: unknown) => number;

export interface CrashRunOutcome {
  readonly instance: Instance;
  readonly instances: readonly Instance[];
  readonly histories: readonly (readonly StoredEvent[])[];
  readonly runs: readonly HubRun[];
}
/** The run of one hub, until it crashed or the orchestration ended. */
interface HubRun {
  /** Attempts that were durable when the run started, by name and input of the activity. */
  readonly recorded: ReadonlyMap<string, number>;
  /** Attempts that this run made. */
  readonly made: Map<string, number>;
}

const instanceId = "tested";
const maxRuns = 400;

/** Runs an orchestration to its end, with as many hubs as necessary. The files are created in `folder`. */
export async function runWithCrashes(
  scenario: CrashScenario,
  folder: string,
): Promise<CrashRunOutcome> {
  mkdirSync(folder, { recursive: true });
  const ledger = new CommitLedger();
  const registry = registerStubs(
    scenario.orchestrator,
    scenario.stubs(
      (name, input) =>
        ledger.recordedAttempts.get(`${name} ${JSON.stringify(input)}`) ?? 0,
    ),
  );
  const runs: HubRun[] = [];
  const openedStores: TaskHubStore[] = [];
  let now = Date.UTC(2026, 0, 1);
  let path = join(folder, "0");
  try {
    while (runs.length < maxRuns) {
      const run = {
        recorded: new Map(ledger.recordedAttempts),
        made: new Map<string, number>(),
      };
      runs.push(run);
      const store = openTaskHubStore(`${path}.db`);
      openedStores.push(store);
      const clock = new VirtualClock(now);
      const nextPath = join(folder, `${runs.length}`);
      const hub = new CrashingHub(scenario, registry, {
        store,
        clock,
        path,
        nextPath,
        ledger,
        run,
      });
      if ((await hub.run()) === "ended") return toOutcome(store, runs);
      now = clock.now();
      path = nextPath;
    }
    throw new Error(`The orchestration has not ended after ${maxRuns} runs.`);
  } finally {
    for (const store of openedStores) store.close();
  }
}

function toOutcome(
  store: TaskHubStore,
  runs: readonly HubRun[],
): CrashRunOutcome {
  const instance = store.instance(instanceId);
  if (instance === undefined)
    throw new Error(`The store does not contain the instance '${instanceId}'.`);
  const instances = store.instances({});
  const histories = instances.map((each) => store.history(each.instanceId));
  return { instance, instances, histories, runs };
}

interface RunContext {
  readonly store: TaskHubStore;
  readonly clock: VirtualClock;
  /** Without an extension, like `nextPath`. */
  readonly path: string;
  /** For the files that a crash leaves. */
  readonly nextPath: string;
  readonly ledger: CommitLedger;
  readonly run: HubRun;
}

class CrashingHub {
  readonly #scenario: CrashScenario;
  readonly #context: RunContext;
  readonly #hub: TaskHub;
  /** Rejects on a problem that no crash explains. */
  readonly #whenCrashed: Promise<"crashed">;
  #crash: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #isCrashed = false;

  constructor(
    scenario: CrashScenario,
    { functions, invoke }: FunctionRegistry,
    context: RunContext,
  ) {
    this.#scenario = scenario;
    this.#context = context;
    this.#whenCrashed = new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#crash = () => {
        this.#isCrashed = true;
        resolve("crashed");
      };
    });
    this.#hub = new TaskHub({
      store: this.#createCrashingStore(),
      settings: parseDurableTaskSettings(scenario.settings ?? {}),
      functions,
      invoke: this.#countAttempts(invoke),
      clock: context.clock,
      lostEpisodes: scenario.lostEpisodes,
      reportProblem: (message, error) => {
        if (scenario.settings) return; // an instance that the settings reject is reported, too
        this.#fail(error instanceof Error ? error : new Error(message));
      },
      onFatalError: this.#fail,
    });
  }

  async run(): Promise<"ended" | "crashed"> {
    const end = await Promise.race([this.#whenCrashed, this.#runToEnd()]);
    // Not awaited: the pending calls of a crashed hub never settle.
    if (end === "crashed") void this.#hub.stop(0);
    return end;
  }

  async #runToEnd(): Promise<"ended"> {
    const { clock } = this.#context;
    const whenIdle = (): Promise<void> => this.#hub.whenIdle();
    this.#hub.recover();
    for (;;) {
      await clock.advance(0, whenIdle);
      const instance = this.#hub.getInstance(instanceId);
      if (instance && isInstanceEnded(instance)) return "ended";
      if (await this.#sendNextRequest()) continue;
      if (clock.nextDueTime === undefined)
        throw new Error(
          `The orchestration waits, and no timer is left: ${this.#describeHistory()}`,
        );
      await clock.advance(
        Math.max(clock.nextDueTime - clock.now(), 0),
        whenIdle,
      );
    }
  }

  /** Sends the next request of the client that is not durable yet; false when there is none. */
  async #sendNextRequest(): Promise<boolean> {
    const { ledger } = this.#context;
    const { input, version, events = [] } = this.#scenario;
    if (!ledger.isStarted) {
      await this.#hub.start({
        name: this.#hub.functions.orchestrator[0] ?? "",
        instanceId,
        input: input === undefined ? null : JSON.stringify(input),
        ...(version !== undefined && { version }),
      });
      return true;
    }
    const event = events[ledger.clientEvents];
    if (event === undefined) return false;
    await this.#hub.send(instanceId, {
      EventType: EventType.EventRaised,
      Name: event.name,
      Input: JSON.stringify(event.data),
    });
    return true;
  }

  #countAttempts(invoke: InvokeFunction): InvokeFunction {
    const hasCrashed = (): boolean => this.#isCrashed;
    return async (name, trigger, options) => {
      if (hasCrashed()) return new Promise(() => undefined);
      if (this.#hub.functions.activity.includes(name))
        incrementCount(
          this.#context.run.made,
          `${name} ${trigger.string ?? ""}`,
        );
      const outcome = await invoke(name, trigger, options);
      return hasCrashed() ? new Promise(() => undefined) : outcome;
    };
  }

  #createCrashingStore(): TaskHubStore {
    const { store, ledger, path, nextPath } = this.#context;
    // Writes each commit of a group separately, so that the hub can crash between any two of them.
    const commit = async (commits: readonly HubCommit[]): Promise<void> => {
      for (const each of commits) {
        const crash = this.#scenario.nextCrash();
        const logBefore =
          crash === "during commit" ? readCommitLog(path) : undefined;
        await store.commit([each]);
        if (logBefore === undefined) ledger.add(each);
        if (crash === "none") continue;
        copyHubFiles(path, nextPath);
        if (logBefore) tearLastWrite(nextPath, logBefore);
        this.#crash();
        await new Promise(() => undefined);
      }
    };
    return new Proxy(store, {
      get: (target, name: keyof TaskHubStore) =>
        name === "commit" ? commit : target[name].bind(target),
    });
  }

  #describeHistory(): string {
    return JSON.stringify(
      this.#hub.getHistory(instanceId).map(({ event }) => event),
    );
  }
}

/** Fails when a run repeated an attempt whose outcome was durable. `expected`: the attempts of a run without a crash. */
export function expectNoRepeatedCalls(
  { runs }: CrashRunOutcome,
  expected: ReadonlyMap<string, number>,
): void {
  for (const { recorded, made } of runs)
    for (const [call, count] of made) {
      const total = count + (recorded.get(call) ?? 0);
      expect({ call, count: total }).toEqual({
        call,
        count: Math.min(expected.get(call) ?? 0, total),
      });
    }
}
