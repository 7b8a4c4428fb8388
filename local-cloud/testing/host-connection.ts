import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import {
  type HostCall,
  type HostProcessMessage,
  optionsVariableName,
  type HostProcessOptions,
  type HostCallRequest,
} from "./host-protocol";
import { TestKitError } from "./test-kit-error";

/**
 * The host gives the app modules of its own by `require`, which a test runner that has its own `require` undoes. So it
 * runs in a process of its own, and as compiled code, also when this file is run from its source.
 */
const program = __filename.endsWith(".ts")
  ? join(resolve(__dirname, ".."), "dist/testing/host-process.js")
  : join(__dirname, "host-process.js");

type Ready = Extract<HostProcessMessage, { readonly kind: "ready" }>;

interface Caller {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TestKitError) => void;
}

/** The process of a cloud, seen from the test. */
export class HostProcessConnection {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #callers = new Map<number, Caller>();
  #lastId = 0;
  #output = "";

  constructor(
    options: HostProcessOptions,
    env: Readonly<Record<string, string>>,
  ) {
    this.#child = fork(program, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: ["--enable-source-maps"],
      env: {
        ...process.env,
        ...env,
        [optionsVariableName]: JSON.stringify(options),
      },
    });
    // Not "close": that never comes once the channel has been closed from this side.
    this.#exited = once(this.#child, "exit").then(() => {
      for (const { reject } of this.#callers.values()) reject(this.#gone());
      this.#callers.clear();
    });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString("utf8");
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#child.on("message", (message: HostProcessMessage) => {
      this.#settle(message);
    });
  }

  /** What the host and the app have written. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with where the host is and what was started for the app. Throws `TestKitError`. */
  ready(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(new TestKitError("app_not_started", reason));
      };
      this.#child.on("message", (message: HostProcessMessage) => {
        if (message.kind === "ready") resolve(message);
        if (message.kind === "failed") fail(message.reason);
      });
      void this.#exited.then(() => {
        fail(`The host ended before it listened:\n${this.#output}`);
      });
    });
  }

  /** Throws `TestKitError`. */
  call(call: HostCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) {
        reject(this.#gone());
        return;
      }
      const id = (this.#lastId += 1);
      this.#callers.set(id, { resolve, reject });
      this.#child.send({ id, call } satisfies HostCallRequest);
    });
  }

  /** Resolves when the process has ended and its files are written. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  #settle(message: HostProcessMessage): void {
    if (message.kind === "ready" || message.kind === "failed") return;
    const caller = this.#callers.get(message.id);
    this.#callers.delete(message.id);
    if (message.kind === "answer") caller?.resolve(message.value);
    else caller?.reject(new TestKitError("request_refused", message.reason));
  }

  #gone(): TestKitError {
    return new TestKitError(
      "cloud_ended",
      `The local cloud has ended. What it wrote last:\n${this.#output.slice(-2000)}`,
    );
  }
}
