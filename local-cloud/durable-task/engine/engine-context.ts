import type {
  InvocationOutcome,
  TypedData,
} from "../../functions-host/core/extension";
import type { Committer } from "../store/committer";
import type { KnownFunctions } from "../replay/decision";
import type { Outbox } from "./outbox";
import type { DurableTaskSettings } from "./settings";
import type { TaskHubStore } from "../store/task-hub-store";
import type { TimerQueue } from "./timers";

/** Calls a function of the app; a thrown error is part of the outcome. */
export type InvokeFunction = (
  functionName: string,
  trigger: TypedData,
  options?: {
    readonly metadata?: Readonly<Record<string, TypedData>>;
    /** See `Invocation` of the Functions host. */
    readonly wantsObject?: boolean;
  },
) => Promise<InvocationOutcome>;

/** What orchestrations and entities of one hub run on. */
export interface EngineContext {
  readonly store: TaskHubStore;
  readonly committer: Pick<Committer, "commit">;
  readonly outbox: Outbox;
  readonly timers: TimerQueue;
  readonly settings: DurableTaskSettings;
  readonly functions: KnownFunctions;
  readonly invoke: InvokeFunction;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Counts `work` as under way until it has ended. Commits and calls of functions are counted already. */
  readonly track: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly newId: () => string;
  reportProblem(sentence: string, error?: unknown): void;
}
