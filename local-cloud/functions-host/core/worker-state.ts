/**
 * Stands for the worker process of the real host. The app runs in the process of this host, which cannot replace it; the
 * effects that an app notices are the same.
 *
 * W1. While the worker restarts, every invocation fails.
 * W2. When the worker exits, the running invocations fail. Those of orchestrators never end, because they run again.
 * W3. After the exit no invocation starts: the next process continues with the work.
 */
import type { InvocationCompletion } from "./invocation";

type Run = () => Promise<InvocationCompletion>;
type Settle = (completion: InvocationCompletion) => void;

export class WorkerState {
  isRestarting = false;
  #hasExited = false;
  readonly #running = new Set<Settle>();

  /** Runs an invocation unless the worker cannot. */
  invoke(run: Run, isReplayed: boolean): Promise<InvocationCompletion> {
    if (this.#hasExited) return never();
    if (this.isRestarting) return Promise.resolve(failure(noWorkerMessage));
    return new Promise((resolve, reject) => {
      if (!isReplayed) this.#running.add(resolve);
      void run()
        .then((completion) => {
          if (!this.#hasExited) resolve(completion);
        }, reject)
        .finally(() => this.#running.delete(resolve));
    });
  }

  /** Throws while the worker restarts: a suspended function cannot continue then. */
  assertRunning(): void {
    if (this.isRestarting || this.#hasExited) throw new Error(noWorkerMessage);
  }

  exit(code: number): void {
    this.#hasExited = true;
    const message = describeWorkerExit(code);
    for (const settle of this.#running) settle(failure(message));
    this.#running.clear();
  }
}

/** The messages of the real host. */
const noWorkerMessage = "Did not find any initialized language workers";
export const describeWorkerExit = (code: number): string =>
  `node exited with code ${code} (0x${(code >>> 0).toString(16).toUpperCase()})`;

const failure = (message: string): InvocationCompletion => ({
  ok: false,
  message,
  stack: "",
});

const never = (): Promise<never> => new Promise(() => undefined);
