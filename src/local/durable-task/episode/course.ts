import type { Action } from "./actions";
import type { Limits } from "./limits";
import type { Timeline } from "./timeline";

export type Done = (failed: boolean) => void;

export interface Course {
  readonly timeline: Timeline;
  readonly limits: Limits;
  /** Actions that have begun: one that is listed again, in another compound, is the same task. */
  readonly begun: Map<Action, Begun>;
  /** The entities of the critical section that is open. */
  locked: readonly string[];
}

/** A task that has begun, for those who wait for it as well. */
export class Begun {
  readonly #waiting: Done[] = [];
  #failed: boolean | undefined;

  settle(failed: boolean): void {
    this.#failed = failed;
    for (const done of this.#waiting.splice(0)) done(failed);
  }

  then(done: Done): void {
    if (this.#failed === undefined) this.#waiting.push(done);
    else done(this.#failed);
  }
}
