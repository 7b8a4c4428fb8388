import type { TaskRequest } from "./task-request";

type TimerRequest = Extract<TaskRequest, { kind: "timer" }>;

/** The unsettled requests that can keep an execution open. */
export class OpenRequests {
  readonly #tasks = new Set<number>();
  readonly #timers = new Map<number, TimerRequest>();

  add(id: number, request: TaskRequest): void {
    switch (request.kind) {
      case "activity":
      case "skippedAttempt":
      case "http":
      case "child":
        this.#tasks.add(id);
        break;
      case "timer":
        this.#timers.set(id, request);
        break;
      default: // messages to entities do not keep an execution open
    }
  }

  remove(id: number): void {
    this.#tasks.delete(id);
    this.#timers.delete(id);
  }

  /** Reads the timers on every call, because the function can cancel a timer long after it has created it. */
  get keepExecutionOpen(): boolean {
    if (this.#tasks.size > 0) return true;
    for (const { keepsExecutionOpen } of this.#timers.values())
      if (keepsExecutionOpen) return true;
    return false;
  }

  /** The ids of the timers that were cancelled since the previous call. */
  takeCancelled(): readonly number[] {
    const cancelled: number[] = [];
    for (const [id, { isCancelled }] of this.#timers)
      if (isCancelled) cancelled.push(id);
    for (const id of cancelled) this.#timers.delete(id);
    return cancelled;
  }
}
