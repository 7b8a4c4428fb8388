import type {
  Invocation,
  InvocationOutcome,
  TypedData,
} from "../../functions-host/core/extension";
import type { Committer } from "../store/committer";
import type { KnownFunctions } from "../replay/decision";
import type { LostEpisodes } from "./orchestrations/lost-episodes";
import type { Outbox } from "./outbox";
import type { DurableTaskSettings } from "./settings";
import type { TaskHubStore } from "../store/task-hub-store";
import type { TimerQueue } from "./timers";

/** Calls a function of the app. An error that it throws is part of the outcome. */
export type InvokeFunction = (
  functionName: string,
  trigger: TypedData,
  options?: Pick<Invocation, "wantsObject" | "prepareContext"> & {
    readonly metadata?: Readonly<Record<string, TypedData>>;
  },
) => Promise<InvocationOutcome>;

/** The dependencies of the orchestrations and entities of one hub. */
export interface EngineContext {
  readonly store: TaskHubStore;
  readonly committer: Pick<Committer, "commit">;
  readonly outbox: Outbox;
  readonly timers: TimerQueue;
  readonly settings: DurableTaskSettings;
  readonly functions: KnownFunctions;
  readonly invoke: InvokeFunction;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Counts `work` as in flight until it settles. Commits and function calls are tracked already. */
  readonly track: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly newId: () => string;
  /** Undefined: no episode is lost. */
  readonly lostEpisodes: LostEpisodes | undefined;
  reportProblem(message: string, error?: unknown): void;
}
