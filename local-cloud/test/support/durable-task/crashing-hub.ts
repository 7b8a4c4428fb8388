/**
 * A hub on real files that dies at commits: everything that it had in memory is gone, and the next one opens copies of
 * the files as they were at that instant. Time goes on from where the dead hub left it.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { InvokeFunction } from "../../../durable-task/engine/engine-context";
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
  StoredEvent,
} from "../../../durable-task/store/task-hub-store";
import { VirtualClock } from "../../../shared/time/virtual-clock";
import {
  type FunctionRegistry,
  registerStubs,
  type Stubs,
} from "../../../testing/stubs";
import { incrementCount, CommitLedger } from "./commit-ledger";

/** What becomes of the hub at a commit: it lives on, dies when it is on disk, or while it is being written. */
export type CrashPoint = "live" | "dies after" | "dies within";

interface Event {
  readonly name: string;
  readonly data: unknown;
}
export interface CrashScenario {
  readonly orchestrator: Parameters<typeof registerStubs>[0];
  readonly stubs: (attempts: RecordedAttempts) => Stubs;
  readonly input?: unknown;
  readonly version?: string;
  readonly events?: readonly Event[];
  /** `extensions.durableTask` of host.json. */
  readonly settings?: object;
  /** Asked at each commit. */
  readonly nextCrash: () => CrashPoint;
}

/** How many attempts at an activity with this input are on disk, of whatever outcome. */
export type RecordedAttempts = (activity: string, input: unknown) => number;

export interface CrashRunOutcome {
  readonly instance: Instance;
  readonly instances: readonly Instance[];
  readonly histories: readonly (readonly StoredEvent[])[];
  /** The calls of activities in each life, and what was on disk of them when it began. */
  readonly runs: readonly Life[];
}
interface Life {
  readonly recorded: ReadonlyMap<string, number>;
  readonly made: Map<string, number>;
}

const instanceId = "tested";
const mostLives = 400;

/** Plays an orchestration to its end through as many lives as it takes. `folder` is for the files. */
export async function runWithCrashes(
  drama: CrashScenario,
  folder: string,
): Promise<CrashRunOutcome> {
  mkdirSync(folder, { recursive: true });
  const ledger = new CommitLedger();
  const cast = registerStubs(
    drama.orchestrator,
    drama.stubs(
      (name, input) =>
        ledger.recorded.get(`${name} ${JSON.stringify(input)}`) ?? 0,
    ),
  );
  const lives: Life[] = [];
  const opened: TaskHubStore[] = [];
  let now = Date.UTC(2026, 0, 1);
  let path = join(folder, "0.db");
  try {
    while (lives.length < mostLives) {
      const life = {
        recorded: new Map(ledger.recorded),
        made: new Map<string, number>(),
      };
      lives.push(life);
      const store = openTaskHubStore(path);
      opened.push(store);
      const clock = new VirtualClock(now);
      const next = join(folder, `${lives.length}.db`);
      const incarnation = new Incarnation(drama, cast, {
        store,
        clock,
        path,
        next,
        ledger,
        life,
      });
      const end = await incarnation.live();
      if (end === "ended") return outcomeOf(store, lives);
      now = clock.now();
      path = next;
    }
    throw new Error(`It has not ended after ${mostLives} lives.`);
  } finally {
    for (const store of opened) store.close();
  }
}

function outcomeOf(
  store: TaskHubStore,
  lives: readonly Life[],
): CrashRunOutcome {
  const instance = store.instance(instanceId);
  if (instance === undefined) throw new Error("The instance is lost.");
  const instances = store.instances({});
  const histories = instances.map((one) => store.history(one.instanceId));
  return { instance, instances, histories, runs: lives };
}

interface Surroundings {
  readonly store: TaskHubStore;
  readonly clock: VirtualClock;
  readonly path: string;
  readonly next: string;
  readonly ledger: CommitLedger;
  readonly life: Life;
}

/** From one opening of the files to the death, or to the end of the orchestration. */
class Incarnation {
  readonly #drama: CrashScenario;
  readonly #around: Surroundings;
  readonly #hub: TaskHub;
  /** Rejects when something goes wrong that no death explains. */
  readonly #death: Promise<"died">;
  #die: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #isDead = false;

  constructor(
    drama: CrashScenario,
    { functions, invoke }: FunctionRegistry,
    around: Surroundings,
  ) {
    this.#drama = drama;
    this.#around = around;
    this.#death = new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#die = () => {
        this.#isDead = true;
        resolve("died");
      };
    });
    this.#hub = new TaskHub({
      store: this.#mortal(),
      settings: parseDurableTaskSettings(drama.settings ?? {}),
      functions,
      invoke: this.#traced(invoke),
      clock: around.clock,
      reportProblem: (sentence, error) => {
        if (drama.settings) return; // what it refuses it says, too
        this.#fail(error instanceof Error ? error : new Error(sentence));
      },
      onFatalError: this.#fail,
    });
  }

  async live(): Promise<"ended" | "died"> {
    const end = await Promise.race([this.#death, this.#play()]);
    // It takes no more work; what it waits for never comes.
    if (end === "died") void this.#hub.stop(0);
    return end;
  }

  async #play(): Promise<"ended"> {
    const { clock } = this.#around;
    const atRest = (): Promise<void> => this.#hub.whenIdle();
    this.#hub.recover();
    for (;;) {
      await clock.advance(0, atRest);
      const instance = this.#hub.getInstance(instanceId);
      if (instance && isInstanceEnded(instance)) return "ended";
      if (await this.#request()) continue;
      if (clock.nextDueTime === undefined)
        throw new Error(`It hangs: ${this.#told()}`);
      await clock.advance(Math.max(clock.nextDueTime - clock.now(), 0), atRest);
    }
  }

  /** Sends what a client has not got to disk yet; false when nothing is left. */
  async #request(): Promise<boolean> {
    const { ledger } = this.#around;
    const { input, version, events = [] } = this.#drama;
    if (!ledger.isStarted) {
      await this.#hub.start({
        name: this.#hub.functions.orchestrator[0] ?? "",
        instanceId,
        input: input === undefined ? null : JSON.stringify(input),
        ...(version !== undefined && { version }),
      });
      return true;
    }
    const event = events[ledger.events];
    if (event === undefined) return false;
    await this.#hub.send(instanceId, {
      EventType: EventType.EventRaised,
      Name: event.name,
      Input: JSON.stringify(event.data),
    });
    return true;
  }

  #hasDied(): boolean {
    return this.#isDead;
  }

  #traced(invoke: InvokeFunction): InvokeFunction {
    return async (name, trigger, options) => {
      if (this.#isDead) return new Promise(() => undefined);
      if (this.#hub.functions.activity.includes(name))
        incrementCount(
          this.#around.life.made,
          `${name} ${trigger.string ?? ""}`,
        );
      const outcome = await invoke(name, trigger, options);
      return this.#hasDied() ? new Promise(() => undefined) : outcome;
    };
  }

  #mortal(): TaskHubStore {
    const { store, ledger } = this.#around;
    // One by one: with other timing they would not have come to be one group.
    const commit = async (commits: readonly HubCommit[]): Promise<void> => {
      for (const one of commits) {
        const fate = this.#drama.nextCrash();
        const before = fate === "dies within" ? this.#log() : undefined;
        await store.commit([one]);
        if (before === undefined) ledger.add(one);
        if (fate === "live") continue;
        this.#copyFiles(before);
        this.#die();
        await new Promise(() => undefined);
      }
    };
    return new Proxy(store, {
      get: (target, name: keyof TaskHubStore) =>
        name === "commit" ? commit : target[name].bind(target),
    });
  }

  #copyFiles(before: Buffer | undefined): void {
    const { path, next } = this.#around;
    for (const end of [".db", ".db-wal", ".log"])
      if (existsSync(path.replace(/\.db$/, end)))
        copyFileSync(path.replace(/\.db$/, end), next.replace(/\.db$/, end));
    if (before)
      writeFileSync(next.replace(/\.db$/, ".log"), torn(before, this.#log()));
  }

  #log(): Buffer {
    return readFileSync(this.#around.path.replace(/\.db$/, ".log"));
  }

  #told(): string {
    return JSON.stringify(
      this.#hub.getHistory(instanceId).map(({ event }) => event),
    );
  }
}

/** The log when only the first half of what was written last got to the disk. */
function torn(before: Buffer, after: Buffer): Buffer {
  const old = Buffer.alloc(after.length);
  before.copy(old);
  let from = 0;
  while (from < after.length && after[from] === old[from]) from += 1;
  let to = after.length;
  while (to > from && after[to - 1] === old[to - 1]) to -= 1;
  const middle = from + Math.floor((to - from) / 2);
  return Buffer.concat([after.subarray(0, middle), old.subarray(middle)]);
}

/** Fails when a step was made again although its outcome was on disk: no life may make more than are left to it. */
export function expectNoRepeatedCalls(
  { runs }: CrashRunOutcome,
  undisturbed: ReadonlyMap<string, number>,
): void {
  for (const { recorded, made } of runs)
    for (const [call, count] of made)
      expect({ call, count: count + (recorded.get(call) ?? 0) }).toEqual({
        call,
        count: Math.min(
          undisturbed.get(call) ?? 0,
          count + (recorded.get(call) ?? 0),
        ),
      });
}
