import type { TaskRequest } from "./task-request";

type Timer = Extract<TaskRequest, { kind: "timer" }>;

/** What has been asked for and has not settled: as much of it as an execution waits for before it ends. */
export class OpenRequests {
  readonly #tasks = new Set<number>();
  readonly #timers = new Map<number, Timer>();

  add(id: number, request: TaskRequest): void {
    switch (request.kind) {
      case "activity":
      case "givenUp":
      case "http":
      case "child":
        this.#tasks.add(id);
        break;
      case "timer":
        this.#timers.set(id, request);
        break;
      default: // a message is on its way, whether it is answered or not
    }
  }

  remove(id: number): void {
    this.#tasks.delete(id);
    this.#timers.delete(id);
  }

  /** Timers are asked each time: the function may cancel one long after it asked for it. */
  get keepExecutionOpen(): boolean {
    if (this.#tasks.size > 0) return true;
    for (const { holdsOpen } of this.#timers.values())
      if (holdsOpen) return true;
    return false;
  }

  /** The ids of the timers that were cancelled since this was last called. */
  takeCancelled(): readonly number[] {
    const cancelled: number[] = [];
    for (const [id, { isCancelled }] of this.#timers)
      if (isCancelled) cancelled.push(id);
    for (const id of cancelled) this.#timers.delete(id);
    return cancelled;
  }
}
