import type { Action } from "./actions";
import type { ReplayLimits } from "./limits";
import type { Timeline } from "./timeline";

export type OnSettled = (failed: boolean) => void;

export interface ReplayCursor {
  readonly timeline: Timeline;
  readonly limits: ReplayLimits;
  /** Actions that have begun: one that is listed again, in another compound, is the same task. */
  readonly started: Map<Action, StartedAction>;
  /** The entities of the critical section that is open. */
  lockedEntityIds: readonly string[];
}

/** A task that has begun, for those who wait for it as well. */
export class StartedAction {
  readonly #waiting: OnSettled[] = [];
  #failed: boolean | undefined;

  settle(failed: boolean): void {
    this.#failed = failed;
    for (const done of this.#waiting.splice(0)) done(failed);
  }

  onSettled(done: OnSettled): void {
    if (this.#failed === undefined) this.#waiting.push(done);
    else done(this.#failed);
  }
}
