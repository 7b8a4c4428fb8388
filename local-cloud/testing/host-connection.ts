import { join } from "node:path";
import {
  type LaunchedProcess,
  launchProcess,
} from "../shared/process/launch-process";
import {
  type HostCall,
  type HostCallRequest,
  type HostProcessMessage,
  type HostProcessOptions,
  optionsVariableName,
} from "./host-protocol";
import { TestKitError } from "./test-kit-error";

/**
 * The host replaces modules of the app through `require`. This does not work in a test runner with its own `require`, so the
 * host runs in a separate process, always as compiled code.
 */
const program = __filename.endsWith(".ts")
  ? join(__dirname, "..", "dist", "testing", "host-process.js")
  : join(__dirname, "host-process.js");

type ReadyMessage = Extract<HostProcessMessage, { readonly kind: "ready" }>;

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TestKitError) => void;
}

/** A test's connection to the process of its local cloud. */
export class HostProcessConnection {
  readonly #process: LaunchedProcess;
  readonly #exited: Promise<unknown>;
  readonly #pending = new Map<number, PendingCall>();
  #lastId = 0;

  constructor(
    options: HostProcessOptions,
    env: Readonly<Record<string, string>>,
  ) {
    this.#process = launchProcess(program, [], {
      ipc: true,
      nodeArguments: ["--enable-source-maps"],
      env: { ...env, [optionsVariableName]: JSON.stringify(options) },
    });
    this.#exited = this.#process.exited.then(() => {
      for (const { reject } of this.#pending.values())
        reject(this.#endedError());
      this.#pending.clear();
    });
    this.#process.child.on("message", (message: HostProcessMessage) => {
      this.#settle(message);
    });
  }

  /** Everything the host and the app have written. */
  get output(): string {
    return this.#process.output();
  }

  /** Resolves when the host listens. Throws `TestKitError`. */
  ready(): Promise<ReadyMessage> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(new TestKitError("app_not_started", reason));
      };
      this.#process.child.on("message", (message: HostProcessMessage) => {
        if (message.kind === "ready") resolve(message);
        if (message.kind === "failed") fail(message.reason);
      });
      void this.#exited.then(() => {
        fail(`The host ended before it listened:\n${this.output}`);
      });
    });
  }

  /** Throws `TestKitError`. */
  call(call: HostCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { child } = this.#process;
      if (!child.connected) {
        reject(this.#endedError());
        return;
      }
      const id = (this.#lastId += 1);
      this.#pending.set(id, { resolve, reject });
      child.send({ id, call } satisfies HostCallRequest);
    });
  }

  /** Resolves when the process has ended and its files are written. */
  async stop(): Promise<void> {
    const { child } = this.#process;
    if (child.connected) child.disconnect();
    await this.#exited;
  }

  #settle(message: HostProcessMessage): void {
    if (message.kind === "ready" || message.kind === "failed") return;
    const call = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === "result") call?.resolve(message.value);
    else call?.reject(new TestKitError("request_refused", message.reason));
  }

  #endedError(): TestKitError {
    return new TestKitError(
      "cloud_ended",
      `The local cloud has ended. The end of its output:\n${this.output.slice(-2000)}`,
    );
  }
}
