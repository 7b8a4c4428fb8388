import type { InvocationOutcome, TypedData } from "../functions-host/extension";
import type { Committer } from "./store/committer";
import type { KnownFunctions } from "./episode/decide";
import type { Post } from "./post";
import type { Settings } from "./settings";
import type { Store } from "./store/store";
import type { TimerHeap } from "./timer-heap";

/** Calls a function of the app; a thrown error is part of the outcome. */
export type Invoke = (
  functionName: string,
  trigger: TypedData,
  options?: {
    readonly metadata?: Readonly<Record<string, TypedData>>;
    /** See `Invocation` of the Functions host. */
    readonly wantsObject?: boolean;
  },
) => Promise<InvocationOutcome>;

/** What orchestrations and entities of one hub run on. */
export interface Engine {
  readonly store: Store;
  readonly committer: Pick<Committer, "commit">;
  readonly post: Post;
  readonly timers: TimerHeap;
  readonly settings: Settings;
  readonly functions: KnownFunctions;
  readonly invoke: Invoke;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Counts `work` as under way until it has ended. Commits and calls of functions are counted already. */
  readonly track: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly newId: () => string;
  problem(sentence: string, error?: unknown): void;
}
