import type { Action } from "./actions";
import type { ReplayLimits } from "./limits";
import type { Timeline } from "./timeline";

export type OnSettled = (failed: boolean) => void;

export interface ReplayCursor {
  readonly timeline: Timeline;
  readonly limits: ReplayLimits;
  /** By identity: an action that is listed again, in another compound action, is the same task. */
  readonly started: Map<Action, StartedAction>;
  /** The entities of the open critical section. */
  lockedEntityIds: readonly string[];
}

export class StartedAction {
  readonly #listeners: OnSettled[] = [];
  #failed: boolean | undefined;

  settle(failed: boolean): void {
    this.#failed = failed;
    for (const listener of this.#listeners.splice(0)) listener(failed);
  }

  onSettled(listener: OnSettled): void {
    if (this.#failed === undefined) this.#listeners.push(listener);
    else listener(this.#failed);
  }
}
